namespace NetPolicy.Addresses;

/// <summary>How strictly address text is read (Kubernetes specification §2.2).</summary>
public enum IpLeniency : byte
{
    /// <summary>No leading zeros in octets, and in a prefix no IPv4-mapped IPv6 and no bits beyond its length.</summary>
    Strict = 0,

    /// <summary>What older API servers accepted: leading zeros are decimal, mapped addresses and host bits are taken.</summary>
    Lenient,
}
