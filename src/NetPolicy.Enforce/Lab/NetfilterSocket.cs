using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace NetPolicy.Enforce.Lab;

/// <summary>A netfilter netlink socket of one namespace, for the few requests the lab makes without a program.</summary>
internal sealed unsafe class NetfilterSocket : IDisposable
{
    private const int NetlinkNetfilter = 12;
    private const ushort BatchBegin = 0x10;
    private const ushort BatchEnd = 0x11;
    private const ushort DeleteConntrack = (1 << 8) | 2;
    private const ushort DeleteTable = (10 << 8) | 2;
    private const ushort NewSetElement = (10 << 8) | 12;
    private const ushort GetSetElement = (10 << 8) | 13;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort Dump = 0x300;
    private const ushort TypeError = 2;
    private const ushort TypeDone = 3;
    private const byte FamilyUnspecified = 0;
    private const byte FamilyNftInet = 1;
    private const int HeaderLength = 20;

    private readonly int _socket;
    private readonly byte[] _buffer = new byte[1 << 17];
    private uint _sequence;

    /// <summary>Opens the socket in the calling thread's namespace.</summary>
    internal NetfilterSocket()
    {
        _socket = LibC.Check(LibC.Socket(LibC.FamilyNetlink, LibC.SocketRaw | LibC.CloseOnExec, NetlinkNetfilter), "socket(AF_NETLINK)");
        byte* address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = LibC.FamilyNetlink;
        LibC.Check(LibC.Bind(_socket, address, 12), "bind(AF_NETLINK)");
    }

    public void Dispose() => _ = LibC.Close(_socket);

    /// <summary>Forgets every connection of the namespace.</summary>
    internal void FlushConnections()
    {
        List<byte> message = [];
        Append(message, DeleteConntrack, Request | Acknowledge, FamilyUnspecified, 0, []);
        Send(message, "flush of connections");
        AwaitAcknowledgement("flush of connections");
    }

    /// <summary>Deletes every table of the namespace.</summary>
    internal void FlushRuleset()
    {
        List<byte> message = [];
        Append(message, BatchBegin, Request, FamilyUnspecified, 10, []);
        Append(message, DeleteTable, Request | Acknowledge, FamilyUnspecified, 0, []);
        Append(message, BatchEnd, Request, FamilyUnspecified, 10, []);
        Send(message, "flush of the ruleset");
        AwaitAcknowledgement("flush of the ruleset");
    }

    /// <summary>Reads all elements of a set of 32-bit values that rules took from packets, which leaves them in network order.</summary>
    /// <exception cref="LabException">There is no such set: somebody deleted the lab's own table.</exception>
    internal List<uint> ReadValues(string table, string set)
    {
        List<byte> message = [];
        Append(message, GetSetElement, Request | Dump, FamilyNftInet, 0, SetName(table, set));
        Send(message, "dump of a set");
        List<uint> values = [];
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive("dump of a set");
            while (rest.Length >= HeaderLength - 4)
            {
                int length = (int)MemoryMarshal.Read<uint>(rest);
                ushort type = MemoryMarshal.Read<ushort>(rest[4..]);
                if (type == TypeDone)
                {
                    int status = length >= HeaderLength ? MemoryMarshal.Read<int>(rest[16..]) : 0;
                    if (status < 0)
                    {
                        throw Refusal(status, $"dump of set {table} {set}");
                    }

                    return values;
                }

                if (type == TypeError)
                {
                    throw Refusal(MemoryMarshal.Read<int>(rest[16..]), $"dump of set {table} {set}");
                }

                if (type == NewSetElement)
                {
                    ReadElements(rest[HeaderLength..length], values);
                }

                rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
            }
        }
    }

    private static void ReadElements(ReadOnlySpan<byte> attributes, List<uint> values)
    {
        foreach (Range element in Nested(Find(attributes, 3), out ReadOnlySpan<byte> list))
        {
            ReadOnlySpan<byte> value = Find(Find(list[element], 1), 1);
            if (value.Length == 4)
            {
                values.Add(BinaryPrimitives.ReadUInt32BigEndian(value));
            }
        }
    }

    private static List<Range> Nested(ReadOnlySpan<byte> list, out ReadOnlySpan<byte> same)
    {
        same = list;
        List<Range> ranges = [];
        for (int at = 0; at + 4 <= list.Length;)
        {
            int length = MemoryMarshal.Read<ushort>(list[at..]);
            if (length < 4)
            {
                break;
            }

            ranges.Add((at + 4)..(at + length));
            at += (length + 3) & ~3;
        }

        return ranges;
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int wanted)
    {
        while (attributes.Length >= 4)
        {
            int length = MemoryMarshal.Read<ushort>(attributes);
            int type = MemoryMarshal.Read<ushort>(attributes[2..]) & 0x3fff;
            if (length < 4 || length > attributes.Length)
            {
                return default;
            }

            if (type == wanted)
            {
                return attributes[4..length];
            }

            attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        }

        return default;
    }

    private static byte[] SetName(string table, string set) => [.. Attribute(1, table), .. Attribute(2, set)];

    private static byte[] Attribute(ushort type, string text)
    {
        int length = 4 + Encoding.ASCII.GetByteCount(text) + 1;
        byte[] bytes = new byte[(length + 3) & ~3];
        MemoryMarshal.Write(bytes, (ushort)length);
        MemoryMarshal.Write(bytes.AsSpan(2), type);
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(4));
        return bytes;
    }

    private void Append(List<byte> to, ushort type, int flags, byte family, ushort resource, byte[] attributes)
    {
        byte[] header = new byte[HeaderLength];
        MemoryMarshal.Write(header, (uint)(HeaderLength + attributes.Length));
        MemoryMarshal.Write(header.AsSpan(4), type);
        MemoryMarshal.Write(header.AsSpan(6), (ushort)flags);
        MemoryMarshal.Write(header.AsSpan(8), ++_sequence);
        header[16] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(18), resource);
        to.AddRange(header);
        to.AddRange(attributes);
    }

    private void Send(List<byte> message, string what)
    {
        fixed (byte* bytes = CollectionsMarshal.AsSpan(message))
        {
            LibC.Check((int)LibC.Send(_socket, bytes, (nuint)message.Count, 0), what);
        }
    }

    private ReadOnlySpan<byte> Receive(string what)
    {
        fixed (byte* bytes = _buffer)
        {
            while (true)
            {
                nint length = LibC.Receive(_socket, bytes, (nuint)_buffer.Length, 0);
                if (length >= 0)
                {
                    return _buffer.AsSpan(0, (int)length);
                }

                if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                {
                    throw LibC.Failure(what);
                }
            }
        }
    }

    private void AwaitAcknowledgement(string what)
    {
        while (true)
        {
            ReadOnlySpan<byte> reply = Receive(what);
            if (MemoryMarshal.Read<ushort>(reply[4..]) == TypeError)
            {
                ThrowUnlessNothingThere(MemoryMarshal.Read<int>(reply[16..]), what);
                return;
            }
        }
    }

    private static void ThrowUnlessNothingThere(int error, string what)
    {
        const int NoEntry = -2;
        if (error is not (0 or NoEntry))
        {
            throw Refusal(error, what);
        }
    }

    private static LabException Refusal(int error, string what) => new(what, Marshal.GetPInvokeErrorMessage(-error), "");
}
