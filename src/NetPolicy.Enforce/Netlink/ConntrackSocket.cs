using System.Buffers.Binary;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Netlink;

/// <summary>The connections that one namespace tracks: lists them, changes their marks, forgets them. For one thread at a time.</summary>
internal sealed class ConntrackSocket : IDisposable
{
    private const ushort New = (1 << 8) | 0;
    private const ushort Get = (1 << 8) | 1;
    private const ushort Delete = (1 << 8) | 2;
    private const ushort TupleOriginal = 1;
    private const ushort TupleReply = 2;
    private const ushort StatusAttribute = 3;
    private const ushort MarkAttribute = 8;
    private const ushort IdAttribute = 12;
    private const ushort ZoneAttribute = 18;
    private const ushort MarkMask = 21;
    private const byte InetFamily = 2;
    private const byte Inet6Family = 10;
    private const int PerDatagram = 100;

    private readonly NetlinkSocket _socket;

    /// <summary>Opens the table.</summary>
    /// <param name="place">The namespace; null for the calling thread's.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public ConntrackSocket(NetworkNamespace? place)
    {
        _socket = NetlinkSocket.Open(place);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Connections whose mark has <paramref name="mark"/> in the bits of <paramref name="mask"/>; all if the mask is 0.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public List<ConntrackEntry> List(uint mark = 0, uint mask = 0)
    {
        List<ConntrackEntry> entries = [];
        using NetlinkWriter request = new();
        request.Begin(Get, Nf.Request | Nf.Dump, 1, Nf.FamilyUnspecified);
        if (mask != 0)
        {
            request.UInt32(MarkAttribute, mark);
            request.UInt32(MarkMask, mask);
        }

        request.End();
        _socket.Dump(request.Written, "listing connections", (type, attributes) =>
        {
            // Kernels that do not know the filter list all.
            if (type == New && Read(attributes) is { } entry && (entry.Mark & mask) == (mark & mask))
            {
                entries.Add(entry);
            }
        });
        return entries;
    }

    /// <summary>Connections of an address.</summary>
    public List<ConntrackEntry> ListOf(IpAddress address) => [.. List().Where(e => e.Has(address))];

    /// <summary>Sets the bits of <paramref name="mask"/> in the marks of connections to those of <paramref name="bits"/>; others stay as they are.</summary>
    /// <returns>How many were changed; those that ended meanwhile are not counted.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public int SetMarks(IReadOnlyList<ConntrackEntry> entries, uint bits, uint mask) => Each(entries, New, "marking a connection", message =>
    {
        message.UInt32(MarkAttribute, bits & mask);
        message.UInt32(MarkMask, mask);
    });

    /// <summary>Forgets connections. Their next packets are judged as new ones.</summary>
    /// <returns>How many were forgotten.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public int Forget(IReadOnlyList<ConntrackEntry> entries) => Each(entries, Delete, "forgetting a connection", _ => { });

    /// <summary>Clears the bits of <paramref name="mask"/> in the marks of all connections that have <paramref name="bits"/> there.</summary>
    /// <returns>How many were changed.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public int Sweep(uint bits, uint mask) => SetMarks(List(bits, mask), 0, mask);

    /// <summary>Clears the bits of <paramref name="mask"/> in the marks of all connections that have any of them.</summary>
    /// <returns>How many were changed.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public int Clear(uint mask) => SetMarks([.. List().Where(e => (e.Mark & mask) != 0)], 0, mask);

    /// <summary>
    /// Takes from all connections of addresses that they were accepted, as when the addresses get other owners. Those that rules of ours have judged are marked as denied:
    /// they are cut in both directions, unless a packet in the original direction is allowed by the rules of now. They are not forgotten, because the other end's next
    /// packet would begin the same connection the other way round, and its answers would pass. The rest is forgotten.
    /// </summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="mask">Our bits of the mark; 0 if connections are not marked, and all are forgotten.</param>
    /// <param name="denied">Our bits of a connection that is denied.</param>
    /// <returns>How many there were; those that ended meanwhile are not counted.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public int Reset(IReadOnlyCollection<IpAddress> addresses, uint mask, uint denied)
    {
        HashSet<IpAddress> wanted = [.. addresses];
        ILookup<bool, ConntrackEntry> found = List().Where(e => e.HasAny(wanted)).ToLookup(e => (e.Mark & mask) != 0);
        return SetMarks([.. found[true]], denied, mask) + Forget([.. found[false]]);
    }

    private int Each(IReadOnlyList<ConntrackEntry> entries, ushort type, string what, Action<NetlinkWriter> write)
    {
        int done = 0;
        using NetlinkWriter messages = new();
        for (int at = 0; at < entries.Count; at += PerDatagram)
        {
            messages.Clear();
            int count = Math.Min(PerDatagram, entries.Count - at);
            for (int i = 0; i < count; i++)
            {
                ConntrackEntry entry = entries[at + i];
                messages.Begin(type, Nf.Request | Nf.Acknowledge, (uint)i + 1, entry.Source.Family == IpFamily.IPv4 ? InetFamily : Inet6Family);
                messages.Raw(entry.Identity);
                write(messages);
                messages.End();
            }

            _socket.Send(messages.Written, what);
            done += CountDone(what);
        }

        return done;
    }

    private int CountDone(string what)
    {
        int done = 0;
        while (_socket.TryReceive(what, wait: false, out ReadOnlySpan<byte> datagram, out bool isOverrun))
        {
            if (isOverrun)
            {
                throw new NetlinkException(what, KernelError.NoBufferSpace);
            }

            NetlinkMessages answers = new(datagram);
            while (answers.MoveNext())
            {
                if (answers.Type != Nf.Error)
                {
                    continue;
                }

                if (answers.ErrorNumber == 0)
                {
                    done++;
                }
                else if (answers.ErrorNumber != KernelError.NoEntry)
                {
                    throw new NetlinkException(what, answers.ErrorNumber, answers.ErrorText);
                }
            }
        }

        return done;
    }

    private static ConntrackEntry? Read(ReadOnlySpan<byte> attributes)
    {
        Tuple original = default, reply = default;
        uint mark = 0, status = 0;
        using NetlinkWriter identity = new();
        NetlinkReader reader = new(attributes);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case TupleOriginal:
                    original = Tuple.Read(reader.Nested);
                    identity.Nested(TupleOriginal, reader.Value);
                    break;
                case TupleReply:
                    reply = Tuple.Read(reader.Nested);
                    break;
                case MarkAttribute:
                    mark = reader.UInt32;
                    break;
                case StatusAttribute:
                    status = reader.UInt32;
                    break;
                case IdAttribute or ZoneAttribute:
                    // With its number, a connection that took the place of this one meanwhile is left alone.
                    identity.Bytes(reader.Type, reader.Value);
                    break;
                default:
                    break;
            }
        }

        return original.Source.Family == IpFamily.None
            ? null
            : new ConntrackEntry(
                original.Source, original.Destination, reply.Source, reply.Destination, original.Protocol, original.SourcePort, original.DestinationPort, mark, status)
            {
                Identity = identity.Written.ToArray(),
            };
    }

    private struct Tuple
    {
        public IpAddress Source;
        public IpAddress Destination;
        public byte Protocol;
        public ushort SourcePort;
        public ushort DestinationPort;

        public static Tuple Read(NetlinkReader reader)
        {
            Tuple tuple = default;
            while (reader.MoveNext())
            {
                NetlinkReader inner = reader.Nested;
                if (reader.Type == 1)
                {
                    while (inner.MoveNext())
                    {
                        tuple.ReadAddress(inner);
                    }
                }
                else if (reader.Type == 2)
                {
                    while (inner.MoveNext())
                    {
                        tuple.ReadTransport(inner);
                    }
                }
            }

            return tuple;
        }

        private void ReadAddress(NetlinkReader reader)
        {
            switch (reader.Type)
            {
                case 1:
                    Source = IpAddress.FromIPv4(reader.UInt32);
                    break;
                case 2:
                    Destination = IpAddress.FromIPv4(reader.UInt32);
                    break;
                case 3 when reader.Value.Length == 16:
                    Source = IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(reader.Value));
                    break;
                case 4 when reader.Value.Length == 16:
                    Destination = IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(reader.Value));
                    break;
                default:
                    break;
            }
        }

        private void ReadTransport(NetlinkReader reader)
        {
            switch (reader.Type)
            {
                case 1:
                    Protocol = reader.UInt8;
                    break;
                case 2:
                    SourcePort = reader.UInt16;
                    break;
                case 3:
                    DestinationPort = reader.UInt16;
                    break;
                default:
                    break;
            }
        }
    }
}
