using System.Buffers.Binary;
using System.Net;
using System.Text;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Packets byte by byte: whole ones, fragments, answers and errors.</summary>
internal static class Packets
{
    public const byte Syn = 0x02;
    public const byte Acknowledgement = 0x10;
    public const byte Push = 0x18;
    public const byte SynAcknowledgement = 0x12;

    private const byte Icmp4 = 1;
    private const byte Tcp6 = 6;
    private const byte Udp17 = 17;
    private const byte FragmentHeader = 44;
    private const byte Icmp58 = 58;

    /// <summary>A datagram with a payload of so many bytes.</summary>
    public static byte[] Udp(string from, string to, int sourcePort, int port, int payload = 8)
    {
        byte[] body = new byte[8 + payload];
        Ports(body, sourcePort, port);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), (ushort)body.Length);
        body.AsSpan(8).Fill(0x5a);
        return Ip(from, to, Udp17, body, checksumAt: 6);
    }

    /// <summary>A segment.</summary>
    public static byte[] Tcp(string from, string to, int sourcePort, int port, byte flags, uint sequence = 1000, uint acknowledged = 0, string text = "")
    {
        byte[] body = new byte[20 + text.Length];
        Ports(body, sourcePort, port);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), acknowledged);
        body[12] = 0x50;
        body[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(14), 65535);
        Encoding.ASCII.GetBytes(text, body.AsSpan(20));
        return Ip(from, to, Tcp6, body, checksumAt: 16);
    }

    /// <summary>An ICMP or ICMPv6 message; <paramref name="rest"/> follows the checksum.</summary>
    public static byte[] Icmp(string from, string to, byte type, byte code, byte[] rest, byte hopLimit = 64)
    {
        byte[] body = [type, code, 0, 0, .. rest];
        return Ip(from, to, IPAddress.Parse(from).GetAddressBytes().Length == 4 ? Icmp4 : Icmp58, body, checksumAt: 2, hopLimit);
    }

    /// <summary>The question for an answer.</summary>
    public static byte[] Echo(string from, string to, int number = 1) => Icmp(from, to, IsSix(to) ? (byte)128 : (byte)8, 0, [0, (byte)number, 0, 1, 1, 2, 3, 4]);

    /// <summary>The error that a port is closed, about a packet.</summary>
    public static byte[] PortUnreachable(string from, string to, byte[] about) =>
        IsSix(to) ? Icmp(from, to, 1, 4, [0, 0, 0, 0, .. about.Take(64)]) : Icmp(from, to, 3, 3, [0, 0, 0, 0, .. about.Take(28)]);

    /// <summary>The packet with a type of service or traffic class.</summary>
    public static byte[] WithTrafficClass(byte[] packet, byte value)
    {
        byte[] copy = [.. packet];
        if (copy[0] >> 4 == 6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(copy, (ushort)(0x6000 | (value << 4)));
            return copy;
        }

        copy[1] = value;
        Sum4(copy);
        return copy;
    }

    /// <summary>The packet in two pieces, the first with so many bytes after the IP header: a multiple of eight.</summary>
    public static byte[][] Fragments(byte[] packet, int first)
    {
        bool isSix = packet[0] >> 4 == 6;
        int header = isSix ? 40 : 20;
        byte[] body = packet[header..];
        return [Piece(packet, body[..first], 0, isLast: false), Piece(packet, body[first..], first / 8, isLast: true)];
    }

    public static WireAddress DestinationOf(byte[] packet) =>
        packet[0] >> 4 == 6 ? WireAddress.Read(packet.AsSpan(24, 16)) : WireAddress.Read(packet.AsSpan(16, 4));

    /// <summary>True if everybody on the wire is spoken to: what the node says of itself now and then.</summary>
    public static bool IsMulticast(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6 ? packet[24] == 0xff : packet[16] >> 4 == 14;

    /// <summary>The checksum that stands where the destination port of other protocols would be.</summary>
    public static int PortThatChecksumReadsAs(byte[] packet) =>
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan((packet[0] >> 4 == 6 ? 40 : 20) + 2));

    private static byte[] Piece(byte[] packet, byte[] part, int offset, bool isLast)
    {
        if (packet[0] >> 4 != 6)
        {
            byte[] piece = [.. packet[..20], .. part];
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(2), (ushort)piece.Length);
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(4), 0x4711);
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(6), (ushort)(offset | (isLast ? 0 : 0x2000)));
            Sum4(piece);
            return piece;
        }

        byte[] six = [.. packet[..40], packet[6], 0, 0, 0, 0, 0, 0x47, 0x11, .. part];
        BinaryPrimitives.WriteUInt16BigEndian(six.AsSpan(4), (ushort)(part.Length + 8));
        six[6] = FragmentHeader;
        BinaryPrimitives.WriteUInt16BigEndian(six.AsSpan(42), (ushort)((offset << 3) | (isLast ? 0 : 1)));
        return six;
    }

    private static byte[] Ip(string from, string to, byte protocol, byte[] body, int checksumAt, byte hopLimit = 64)
    {
        WireAddress source = WireAddress.From(IPAddress.Parse(from)), destination = WireAddress.From(IPAddress.Parse(to));
        byte[] packet = new byte[(source.IsV6 ? 40 : 20) + body.Length];
        uint pseudo;
        if (source.IsV6)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)body.Length);
            packet[6] = protocol;
            packet[7] = hopLimit;
            source.Write(packet.AsSpan(8));
            destination.Write(packet.AsSpan(24));
            pseudo = Checksum.Sum(packet.AsSpan(8, 32), (uint)(body.Length + protocol));
        }
        else
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            packet[8] = hopLimit;
            packet[9] = protocol;
            source.Write(packet.AsSpan(12));
            destination.Write(packet.AsSpan(16));
            Sum4(packet);
            pseudo = protocol == Icmp4 ? 0 : Checksum.Sum(packet.AsSpan(12, 8), (uint)(body.Length + protocol));
        }

        ushort sum = Checksum.Finish(Checksum.Sum(body, pseudo));
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(checksumAt), sum == 0 && protocol == Udp17 ? (ushort)0xffff : sum);
        body.CopyTo(packet.AsSpan(packet.Length - body.Length));
        return packet;
    }

    private static void Ports(byte[] body, int sourcePort, int port)
    {
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), (ushort)port);
    }

    private static void Sum4(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum.Finish(Checksum.Sum(packet.AsSpan(0, 20))));
    }

    private static bool IsSix(string address) => address.Contains(':', StringComparison.Ordinal);
}
