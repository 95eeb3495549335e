namespace NetPolicy.Addresses;

/// <summary>What is wrong with CIDR text. Kinds after <see cref="NotCidr"/> are accepted by lenient reading.</summary>
public enum CidrFault : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>There is no <c>/length</c>.</summary>
    NoLength,

    /// <summary>Not an address and a length in range.</summary>
    NotCidr,

    /// <summary>A leading zero in an octet or in the length.</summary>
    LeadingZeros,

    /// <summary>An IPv4-mapped IPv6 address.</summary>
    MappedAddress,

    /// <summary>Bits beyond the length are set.</summary>
    HostBits,
}
