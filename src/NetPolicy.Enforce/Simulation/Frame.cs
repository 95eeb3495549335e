using System.Buffers.Binary;

namespace NetPolicy.Enforce.Simulation;

/// <summary>An Ethernet frame on its way through a bridge. What is not understood of it has no headers; rules that look for them do not match.</summary>
public sealed class Frame
{
    private const int LinkLength = 14;
    private const int TagLength = 4;
    private const ushort Arp = 0x0806;
    private const ushort IPv4 = 0x0800;
    private const ushort IPv6 = 0x86dd;
    private readonly byte[] _bytes;
    private readonly int _network;
    private readonly int _transport;

    private Frame(byte[] bytes, int network, int transport, ushort protocol)
    {
        _bytes = bytes;
        _network = network;
        _transport = transport;
        Protocol = protocol;
    }

    /// <summary>What it carries, behind a VLAN tag if it has one: <c>meta protocol</c>.</summary>
    public ushort Protocol { get; }

    internal bool IsArp => Protocol == Arp && _network == LinkLength;

    /// <summary>The frame as the packet that rules of a bridge see.</summary>
    /// <param name="bytes">The frame from its destination address on, without checksum.</param>
    /// <param name="port">The port it came in by.</param>
    /// <exception cref="ArgumentException">There are not enough bytes for a link-layer header.</exception>
    public static Packet ToPacket(ReadOnlySpan<byte> bytes, string port)
    {
        if (bytes.Length < LinkLength)
        {
            throw new ArgumentException("a frame has a header of 14 bytes", nameof(bytes));
        }

        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]);
        int network = LinkLength;
        if (protocol is 0x8100 or 0x88a8 && bytes.Length >= LinkLength + TagLength)
        {
            protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]);
            network += TagLength;
        }

        Packet packet = new() { Family = PacketFamily.Other, InputInterface = port, Length = bytes.Length - network };
        int transport = bytes.Length;
        ReadOnlySpan<byte> rest = bytes[network..];
        if (protocol == IPv4 && rest.Length >= 20 && rest[0] >> 4 == 4)
        {
            packet = packet with
            {
                Family = PacketFamily.IPv4,
                Source = BinaryPrimitives.ReadUInt32BigEndian(rest[12..]),
                Destination = BinaryPrimitives.ReadUInt32BigEndian(rest[16..]),
                Protocol = rest[9],
                HopLimit = rest[8],
                TrafficClass = rest[1],
                Fragment = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(rest[6..]) & 0x3fff),
            };
            transport = network + ((rest[0] & 0xf) * 4);
        }
        else if (protocol == IPv6 && rest.Length >= 40 && rest[0] >> 4 == 6)
        {
            (byte last, int length, ushort fragment) = Behind(rest);
            packet = packet with
            {
                Family = PacketFamily.IPv6,
                Source = BinaryPrimitives.ReadUInt128BigEndian(rest[8..]),
                Destination = BinaryPrimitives.ReadUInt128BigEndian(rest[24..]),
                Protocol = last,
                HopLimit = rest[7],
                Fragment = fragment,
            };
            transport = network + length;
        }

        Frame frame = new(bytes.ToArray(), network, packet.IsLaterFragment ? bytes.Length : transport, protocol);
        return frame.WithTransport(packet) with { Frame = frame };
    }

    /// <summary>Bytes of a header as a number; false if they are not there.</summary>
    internal bool TryRead((FrameHeader Header, int Offset, int Length) at, out UInt128 value)
    {
        int from = at.Offset + (at.Header == FrameHeader.Link ? 0 : at.Header == FrameHeader.Network ? _network : _transport);
        value = default;
        if (from + at.Length > _bytes.Length)
        {
            return false;
        }

        foreach (byte part in _bytes.AsSpan(from, at.Length))
        {
            value = (value << 8) | part;
        }

        return true;
    }

    private Packet WithTransport(Packet packet)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(Math.Min(_transport, _bytes.Length));
        return packet.Family == PacketFamily.Other || rest.Length < 4 ? packet
            : packet.Protocol == (packet.Family == PacketFamily.IPv4 ? 1 : 58) ? packet with { IcmpType = rest[0], IcmpCode = rest[1] }
            : packet.Protocol is 6 or 17 or 132 or 136
                ? packet with { SourcePort = BinaryPrimitives.ReadUInt16BigEndian(rest), DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) }
            : packet;
    }

    // Headers between that of IPv6 and the transport's: hop by hop, routing, destination options, fragment.
    private static (byte Protocol, int Length, ushort Fragment) Behind(ReadOnlySpan<byte> header)
    {
        byte next = header[6];
        int at = 40;
        ushort fragment = 0;
        while (next is 0 or 43 or 44 or 60 && at + 8 <= header.Length)
        {
            byte kind = next;
            next = header[at];
            if (kind == 44)
            {
                ushort field = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 2)..]);
                fragment = (ushort)((field >> 3) | ((field & 1) << 13));
                at += 8;
                if ((fragment & 0x1fff) != 0)
                {
                    break;
                }
            }
            else
            {
                at += (header[at + 1] + 1) * 8;
            }
        }

        return (next, at, fragment);
    }
}
