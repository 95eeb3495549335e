using NetPolicy.Addresses;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.FlowLog;

/// <summary>A packet that a rule reported.</summary>
/// <param name="Prefix">What the rule wrote before it.</param>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address, translated if that has happened before.</param>
/// <param name="Protocol">Transport protocol.</param>
/// <param name="SourcePort">Source port; null for protocols without, and for later fragments.</param>
/// <param name="DestinationPort">Destination port; null as above.</param>
/// <param name="IcmpType">ICMP type; null for other protocols.</param>
public sealed record LoggedPacket(string Prefix, IpAddress Source, IpAddress Destination, Protocol Protocol, ushort? SourcePort, ushort? DestinationPort, byte? IcmpType)
{
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;

    /// <summary>Reads the headers of a packet; null if it is none that can be read.</summary>
    /// <param name="prefix">What the rule wrote.</param>
    /// <param name="packet">The packet from its IP header on.</param>
    public static LoggedPacket? Read(string prefix, ReadOnlySpan<byte> packet)
    {
        if (packet.Length >= Ipv4Header && packet[0] >> 4 == 4)
        {
            int length = (packet[0] & 15) * 4;
            bool isLater = (((packet[6] & 0x1f) << 8) | packet[7]) != 0;
            return length < Ipv4Header ? null : Make(prefix, Address(packet[12..16]), Address(packet[16..20]), packet[9], isLater || packet.Length < length ? default : packet[length..]);
        }

        if (packet.Length < Ipv6Header || packet[0] >> 4 != 6)
        {
            return null;
        }

        byte next = packet[6];
        ReadOnlySpan<byte> rest = packet[Ipv6Header..];
        bool isLaterFragment = false;

        // Headers between: hop-by-hop, routing, destination options, and fragments.
        while (next is 0 or 43 or 60 or 44 && rest.Length >= 8)
        {
            isLaterFragment |= next == 44 && ((rest[2] << 8) | (rest[3] & 0xf8)) != 0;
            int length = next == 44 ? 8 : (rest[1] + 1) * 8;
            next = rest[0];
            rest = length <= rest.Length ? rest[length..] : default;
        }

        return Make(prefix, Address(packet[8..24]), Address(packet[24..40]), next, isLaterFragment ? default : rest);
    }

    private static LoggedPacket Make(string prefix, IpAddress source, IpAddress destination, byte protocol, ReadOnlySpan<byte> transport)
    {
        Protocol kind = new(protocol);
        bool hasPorts = kind.HasPorts && transport.Length >= 4;
        return new LoggedPacket(
            prefix,
            source,
            destination,
            kind,
            hasPorts ? (ushort)((transport[0] << 8) | transport[1]) : null,
            hasPorts ? (ushort)((transport[2] << 8) | transport[3]) : null,
            kind.IsIcmp && transport.Length >= 1 ? transport[0] : null);
    }

    private static IpAddress Address(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? IpAddress.FromIPv4(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes))
        : IpAddress.FromIPv6(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
}
