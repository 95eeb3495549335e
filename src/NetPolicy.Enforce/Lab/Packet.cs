namespace NetPolicy.Enforce.Lab;

/// <summary>The parts of a packet that matter to the lab.</summary>
internal readonly record struct Packet(
    WireAddress Source,
    WireAddress Destination,
    byte Protocol,
    ushort SourcePort,
    ushort DestinationPort,
    byte IcmpType,
    byte IcmpCode,
    uint Flow)
{
    /// <summary>Type and code of ICMP; zero for other protocols, whose headers have no such thing.</summary>
    internal (byte, byte) IcmpTypeIfAny => Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6 ? (IcmpType, IcmpCode) : default;
}
