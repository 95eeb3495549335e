using System.Buffers.Binary;

namespace NetPolicy.Enforce.Lab;

/// <summary>Writes the packets that are injected: the first packet of a flow, with valid checksums and the flow's number where <see cref="PacketReader"/> finds it.</summary>
internal static class PacketWriter
{
    /// <summary>No packet is longer, its Ethernet header included.</summary>
    internal const int MaximumLength = 128;

    internal const int EthernetLength = 14;

    private const byte HopLimit = 64;

    /// <summary>Writes the IP packet and returns its length.</summary>
    internal static int Write(in Packet packet, Span<byte> to)
    {
        int header = packet.Source.IsV6 ? 40 : 20;
        int body = Body(packet.Protocol);
        to[..(header + body)].Clear();
        Span<byte> payload = to.Slice(header, body);
        uint pseudo = WriteHeader(packet, to[..header], body);
        WriteBody(packet, payload, pseudo);
        return header + body;
    }

    private static int Body(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => 20,
        IpProtocol.Sctp => 32,
        IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Icmp or IpProtocol.IcmpV6 => 12,
        _ => 16,
    };

    /// <summary>Writes the IP header and returns the sum of the pseudo header.</summary>
    private static uint WriteHeader(in Packet packet, Span<byte> header, int body)
    {
        if (packet.Source.IsV6)
        {
            header[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)body);
            header[6] = packet.Protocol;
            header[7] = HopLimit;
            packet.Source.Write(header[8..]);
            packet.Destination.Write(header[24..]);
            return Checksum.Sum(header[8..40], (uint)body + packet.Protocol);
        }

        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(20 + body));
        header[6] = 0x40;
        header[8] = HopLimit;
        header[9] = packet.Protocol;
        packet.Source.Write(header[12..]);
        packet.Destination.Write(header[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum.Finish(Checksum.Sum(header)));
        return Checksum.Sum(header[12..20], (uint)body + packet.Protocol);
    }

    private static void WriteBody(in Packet packet, Span<byte> payload, uint pseudo)
    {
        switch (packet.Protocol)
        {
            case IpProtocol.Tcp:
                WritePorts(packet, payload);
                BinaryPrimitives.WriteUInt32BigEndian(payload[4..], packet.Flow);
                payload[12] = 0x50;
                payload[13] = 0x02;
                BinaryPrimitives.WriteUInt16BigEndian(payload[14..], 65535);
                BinaryPrimitives.WriteUInt16BigEndian(payload[16..], Checksum.Finish(Checksum.Sum(payload, pseudo)));
                break;
            case IpProtocol.Udp:
            case IpProtocol.UdpLite:
                WritePorts(packet, payload);
                BinaryPrimitives.WriteUInt16BigEndian(payload[4..], (ushort)payload.Length);
                BinaryPrimitives.WriteUInt32BigEndian(payload[8..], packet.Flow);
                ushort sum = Checksum.Finish(Checksum.Sum(payload, pseudo));
                BinaryPrimitives.WriteUInt16BigEndian(payload[6..], sum == 0 ? (ushort)0xffff : sum);
                break;
            case IpProtocol.Sctp:
                WriteSctpInit(packet, payload);
                break;
            case IpProtocol.Icmp:
            case IpProtocol.IcmpV6:
                payload[0] = packet.IcmpType;
                payload[1] = packet.IcmpCode;
                BinaryPrimitives.WriteUInt16BigEndian(payload[4..], packet.SourcePort);
                BinaryPrimitives.WriteUInt32BigEndian(payload[8..], packet.Flow);
                BinaryPrimitives.WriteUInt16BigEndian(
                    payload[2..], Checksum.Finish(Checksum.Sum(payload, packet.Protocol == IpProtocol.IcmpV6 ? pseudo : 0)));
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(payload[4..], packet.Flow);
                break;
        }
    }

    private static void WriteSctpInit(in Packet packet, Span<byte> payload)
    {
        WritePorts(packet, payload);
        payload[12] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(payload[14..], 20);
        BinaryPrimitives.WriteUInt32BigEndian(payload[16..], packet.Flow);
        BinaryPrimitives.WriteUInt32BigEndian(payload[20..], 65536);
        BinaryPrimitives.WriteUInt16BigEndian(payload[24..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(payload[26..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(payload[28..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[8..], Checksum.Crc32C(payload));
    }

    private static void WritePorts(in Packet packet, Span<byte> payload)
    {
        BinaryPrimitives.WriteUInt16BigEndian(payload, packet.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], packet.DestinationPort);
    }
}
