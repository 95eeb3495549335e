namespace NetPolicy.Addresses;

/// <summary>An IP version.</summary>
public enum IpFamily : byte
{
    /// <summary>No address at all; what a forgotten value holds.</summary>
    None = 0,

    /// <summary>IPv4, 32 bits.</summary>
    IPv4 = 4,

    /// <summary>IPv6, 128 bits.</summary>
    IPv6 = 6,
}
