using System.Buffers.Binary;

namespace NetPolicy.Enforce.Lab;

/// <summary>Reads packets that came out: the flow itself, or word that it was refused.</summary>
internal static class PacketReader
{
    private const byte TcpReset = 0x04;

    /// <summary>Reads an IP packet as one that <see cref="PacketWriter"/> wrote. Quoted packets in ICMP errors may be cut after eight bytes of their body.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> ip, out Packet packet)
    {
        packet = default;
        if (!TrySplit(ip, out WireAddress source, out WireAddress destination, out byte protocol, out ReadOnlySpan<byte> body))
        {
            return false;
        }

        int at = FlowOffset(protocol);
        if (body.Length < at + 4)
        {
            return false;
        }

        bool ports = IpProtocol.HasPorts(protocol);
        bool icmp = protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        packet = new Packet(
            source,
            destination,
            protocol,
            ports ? BinaryPrimitives.ReadUInt16BigEndian(body) : icmp ? BinaryPrimitives.ReadUInt16BigEndian(body[4..]) : (ushort)0,
            ports ? BinaryPrimitives.ReadUInt16BigEndian(body[2..]) : (ushort)0,
            icmp ? body[0] : (byte)0,
            icmp ? body[1] : (byte)0,
            BinaryPrimitives.ReadUInt32BigEndian(body[at..]));
        return true;
    }

    /// <summary>Reads an IP packet as a refusal, and returns the flow it refuses and the address that is told.</summary>
    internal static bool TryReadRefusal(ReadOnlySpan<byte> ip, out uint flow, out WireAddress told)
    {
        flow = 0;
        told = default;
        if (!TrySplit(ip, out _, out told, out byte protocol, out ReadOnlySpan<byte> body))
        {
            return false;
        }

        if (protocol == IpProtocol.Tcp && body.Length >= 20 && (body[13] & TcpReset) != 0)
        {
            flow = BinaryPrimitives.ReadUInt32BigEndian(body[8..]) - 1;
            return true;
        }

        bool error = protocol switch
        {
            IpProtocol.Icmp => body.Length > 8 && body[0] is 3 or 11 or 12,
            IpProtocol.IcmpV6 => body.Length > 8 && body[0] is >= 1 and <= 4,
            _ => false,
        };
        if (!error || !TryRead(body[8..], out Packet quoted))
        {
            return false;
        }

        flow = quoted.Flow;
        return true;
    }

    private static int FlowOffset(byte protocol) => protocol switch
    {
        IpProtocol.Sctp => 16,
        IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Icmp or IpProtocol.IcmpV6 => 8,
        _ => 4,
    };

    private static bool TrySplit(
        ReadOnlySpan<byte> ip, out WireAddress source, out WireAddress destination, out byte protocol, out ReadOnlySpan<byte> body)
    {
        source = default;
        destination = default;
        protocol = 0;
        body = default;
        if (ip.Length >= 20 && ip[0] >> 4 == 4)
        {
            int header = (ip[0] & 15) * 4;
            if (header < 20 || ip.Length < header)
            {
                return false;
            }

            source = WireAddress.Read(ip[12..16]);
            destination = WireAddress.Read(ip[16..20]);
            protocol = ip[9];
            body = ip[header..];
            return true;
        }

        if (ip.Length >= 40 && ip[0] >> 4 == 6)
        {
            source = WireAddress.Read(ip[8..24]);
            destination = WireAddress.Read(ip[24..40]);
            protocol = ip[6];
            body = ip[40..];
            return true;
        }

        return false;
    }
}
