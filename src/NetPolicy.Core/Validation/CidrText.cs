using NetPolicy.Addresses;

namespace NetPolicy.Validation;

/// <summary>Words for what is wrong with CIDR text.</summary>
internal static class CidrText
{
    public static string Complaint(CidrFault fault) => fault switch
    {
        CidrFault.NoLength => "has no prefix length",
        CidrFault.NotCidr => "is no address block",
        CidrFault.LeadingZeros => "has leading zeros",
        CidrFault.MappedAddress => "is an IPv4-mapped IPv6 address",
        CidrFault.HostBits => "has bits set beyond its length",
        CidrFault.None => "is fine",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
