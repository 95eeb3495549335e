using System.Buffers.Binary;
using System.Net;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Tests.Bridges;

/// <summary>Ethernet frames, honest and forged.</summary>
internal static class Frames
{
    public static readonly MacAddress Everybody = MacAddress.FromBytes([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

    public static byte[] Udp(MacAddress from, MacAddress to, string source, string destination, ushort sourcePort, ushort port)
    {
        Span<byte> ip = stackalloc byte[PacketWriter.MaximumLength];
        int length = PacketWriter.Write(
            new Packet(WireAddress.From(IPAddress.Parse(source)), WireAddress.From(IPAddress.Parse(destination)), 17, sourcePort, port, 0, 0, sourcePort), ip);
        return Frame(from, to, source.Contains(':', StringComparison.Ordinal) ? (ushort)0x86dd : (ushort)0x0800, ip[..length]);
    }

    public static byte[] Arp(MacAddress from, MacAddress to, bool isReply, MacAddress sender, string senderAddress, string target)
    {
        byte[] arp = new byte[28];
        ((ReadOnlySpan<byte>)[0, 1, 8, 0, 6, 4, 0, isReply ? (byte)2 : (byte)1]).CopyTo(arp);
        Write(sender, arp.AsSpan(8));
        IPAddress.Parse(senderAddress).TryWriteBytes(arp.AsSpan(14), out _);
        IPAddress.Parse(target).TryWriteBytes(arp.AsSpan(24), out _);
        return Frame(from, to, 0x0806, arp);
    }

    /// <summary>Neighbour discovery: 133 and 135 with the source's link-layer address as option, 136 with the target's; none for no option.</summary>
    public static byte[] Neighbour(MacAddress from, MacAddress to, byte type, string source, string destination, string? target, MacAddress? option)
    {
        int fixedLength = type is 133 ? 8 : type is 134 ? 16 : 24;
        byte[] packet = new byte[40 + fixedLength + (option is null ? 0 : 8)];
        Span<byte> body = packet.AsSpan(40);
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)body.Length);
        packet[6] = 58;
        packet[7] = 255;
        IPAddress.Parse(source).TryWriteBytes(packet.AsSpan(8), out _);
        IPAddress.Parse(destination).TryWriteBytes(packet.AsSpan(24), out _);
        body[0] = type;
        if (target is not null)
        {
            IPAddress.Parse(target).TryWriteBytes(body[8..], out _);
        }

        if (option is { } link)
        {
            body[fixedLength] = type == 136 ? (byte)2 : (byte)1;
            body[fixedLength + 1] = 1;
            Write(link, body[(fixedLength + 2)..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(body[2..], Checksum.Finish(Checksum.Sum(body, Checksum.Sum(packet.AsSpan(8, 32), (uint)body.Length + 58))));
        return Frame(from, to, 0x86dd, packet);
    }

    public static byte[] Tagged(byte[] frame, ushort tag = 5) =>
        [.. frame.AsSpan(0, 12), 0x81, 0x00, (byte)(tag >> 8), (byte)tag, .. frame.AsSpan(12)];

    public static byte[] Frame(MacAddress from, MacAddress to, ushort protocol, ReadOnlySpan<byte> content)
    {
        byte[] frame = new byte[14 + content.Length];
        Write(to, frame);
        Write(from, frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), protocol);
        content.CopyTo(frame.AsSpan(14));
        return frame;
    }

    private static void Write(MacAddress address, Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(address.Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(to[2..], (uint)address.Value);
    }
}
