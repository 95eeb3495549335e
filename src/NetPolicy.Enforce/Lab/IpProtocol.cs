namespace NetPolicy.Enforce.Lab;

/// <summary>The protocol numbers whose headers the lab writes and reads.</summary>
internal static class IpProtocol
{
    internal const byte Icmp = 1;
    internal const byte Tcp = 6;
    internal const byte Udp = 17;
    internal const byte IcmpV6 = 58;
    internal const byte Sctp = 132;
    internal const byte UdpLite = 136;

    /// <summary>Whether IPv6 reads the number as an extension header, so that it cannot be a payload.</summary>
    internal static bool IsExtensionHeader(byte protocol) => protocol is 0 or 43 or 44 or 51 or 59 or 60;

    /// <summary>Whether the lab puts the probe's ports into the header.</summary>
    internal static bool HasPorts(byte protocol) => protocol is Tcp or Udp or Sctp or UdpLite;
}
