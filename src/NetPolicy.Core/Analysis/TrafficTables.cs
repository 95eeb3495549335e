using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NetPolicy.Analysis;

/// <summary>
/// Everything that ends and pairs of ends say, each content once and by number. What two ends make of each other is worked out once per pair of numbers.
/// Grows only; read by any number of threads.
/// </summary>
internal sealed class TrafficTables
{
    private readonly Lock _adding = new();
    private readonly TrafficDetail _detail;
    private readonly Dictionary<string, int> _endIds = new(StringComparer.Ordinal);
    private readonly List<EndTable> _ends = [];
    private readonly Dictionary<(int, int), int> _sideIds = [];
    private readonly List<(int V4, int V6)> _sides = [];
    private readonly Dictionary<(int, int), TrafficPart> _parts = [];
    private readonly Dictionary<string, int> _tableIds = new(StringComparer.Ordinal);
    private readonly Dictionary<(int, int), int> _cellIds = [];
    private volatile int[][] _meets = [];
    private volatile int[][] _sidesOf = [];
    private volatile TrafficTable[] _tables = [TrafficTable.Absent];
    private volatile (int Old, int New)[] _cells = [];
    private volatile CellKey[] _keys = [];
    private int _tableCount = 1;
    private int _cellCount;

    public TrafficTables(TrafficDetail detail)
    {
        _detail = detail;
        int nothing = Intern(EndTable.All(Answer(0)));
        Nothing = [Side(-1, -1), Side(nothing, -1), Side(-1, nothing), Side(nothing, nothing)];
        Closed = Table(TrafficTable.OfParts(new TrafficPart(ClosedSegments(), 0, []), null));
    }

    /// <summary>What ends that have no say say of peers, by the peers' families.</summary>
    public int[] Nothing { get; }

    /// <summary>The table of ends without a family in common.</summary>
    public int Closed { get; }

    /// <summary>The table with a number.</summary>
    public TrafficTable this[int table] => _tables[table];

    /// <summary>What counts of a verdict.</summary>
    public byte Answer(int verdict) => _detail == TrafficDetail.Ends || verdict == EndTable.Denies ? (byte)verdict : (byte)1;

    public int Intern(EndTable table)
    {
        lock (_adding)
        {
            ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_endIds, table.Key, out bool known);
            if (!known)
            {
                id = _ends.Count;
                _ends.Add(table);
            }

            return id;
        }
    }

    /// <summary>The number of what an end says in both families; -1 for a family that the peer does not have.</summary>
    public int Side(int v4, int v6)
    {
        // By one more than each number, and one more than the number itself; 0 while it is not known.
        int[][] known4 = _sidesOf;
        if (v4 + 1 < known4.Length && known4[v4 + 1] is var known6 && v6 + 1 < known6.Length && Volatile.Read(ref known6[v6 + 1]) is var side && side != 0)
        {
            return side - 1;
        }

        lock (_adding)
        {
            ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_sideIds, (v4, v6), out bool known);
            if (!known)
            {
                id = _sides.Count;
                _sides.Add((v4, v6));
            }

            int[][] rows = _sidesOf;
            if (v4 + 1 >= rows.Length)
            {
                int filled = rows.Length;
                Array.Resize(ref rows, (v4 + 2) * 2);
                Array.Fill(rows, [], filled, rows.Length - filled);
            }

            int[] row = rows[v4 + 1];
            if (v6 + 1 >= row.Length)
            {
                Array.Resize(ref row, (v6 + 2) * 2);
                rows[v4 + 1] = row;
            }

            Volatile.Write(ref row[v6 + 1], id + 1);
            _sidesOf = rows;
            return id;
        }
    }

    /// <summary>The table of a pair by what its ends say. O(1) but for the first time.</summary>
    public int Meet(int egress, int ingress)
    {
        int[][] meets = _meets;
        if ((uint)egress < (uint)meets.Length && meets[egress] is var row && (uint)ingress < (uint)row.Length && Volatile.Read(ref row[ingress]) is var id && id != 0)
        {
            return id;
        }

        return AddMeet(egress, ingress);
    }

    /// <summary>The number of a table of equal content.</summary>
    public int Table(TrafficTable table)
    {
        lock (_adding)
        {
            ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_tableIds, table.Key, out bool known);
            if (!known)
            {
                id = _tableCount++;
                TrafficTable[] tables = _tables;
                if (id >= tables.Length)
                {
                    Array.Resize(ref tables, Math.Max(64, id * 2));
                }

                tables[id] = table;
                _tables = tables;
            }

            return id;
        }
    }

    /// <summary>The number of what one world, or two, say of a pair.</summary>
    public int Cell(int old, int @new)
    {
        lock (_adding)
        {
            ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_cellIds, (old, @new), out bool known);
            if (!known)
            {
                id = _cellCount++;
                (int, int)[] cells = _cells;
                if (id >= cells.Length)
                {
                    Array.Resize(ref cells, Math.Max(64, id * 2));
                }

                cells[id] = (old, @new);
                _cells = cells;
            }

            return id;
        }
    }

    /// <summary>The tables of a cell.</summary>
    public (int Old, int New) TablesOf(int cell) => _cells[cell];

    /// <summary>The random numbers of a cell; zero for none.</summary>
    public CellKey KeyOf(int cell)
    {
        if (cell < 0)
        {
            return default;
        }

        CellKey[] keys = _keys;
        return cell < keys.Length ? keys[cell] : AddKeys(cell)[cell];
    }

    private CellKey[] AddKeys(int cell)
    {
        lock (_adding)
        {
            CellKey[] keys = _keys;
            if (cell >= keys.Length)
            {
                int known = keys.Length;
                Array.Resize(ref keys, Math.Max(256, cell * 2));
                RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(keys.AsSpan(known)));
                _keys = keys;
            }

            return keys;
        }
    }

    private int AddMeet(int egress, int ingress)
    {
        lock (_adding)
        {
            (int e4, int e6) = _sides[egress];
            (int i4, int i6) = _sides[ingress];
            TrafficPart? v4 = e4 >= 0 && i4 >= 0 ? Part(e4, i4) : null, v6 = e6 >= 0 && i6 >= 0 ? Part(e6, i6) : null;
            int id = v4 is null && v6 is null ? Closed : Table(TrafficTable.OfParts(v4 ?? v6!, v4 is null ? null : v6));
            int[][] meets = _meets;
            if (egress >= meets.Length)
            {
                int known = meets.Length;
                Array.Resize(ref meets, _sides.Count * 2);
                Array.Fill(meets, [], known, meets.Length - known);
            }

            int[] row = meets[egress];
            if (ingress >= row.Length)
            {
                Array.Resize(ref row, Math.Max(ingress + 1, _sides.Count));
                meets[egress] = row;
            }

            Volatile.Write(ref row[ingress], id);
            _meets = meets;
            return id;
        }
    }

    private TrafficPart Part(int egress, int ingress)
    {
        ref TrafficPart? part = ref CollectionsMarshal.GetValueRefOrAddDefault(_parts, (egress, ingress), out _);
        return part ??= Combine(_ends[egress], _ends[ingress]);
    }

    private TrafficPart Combine(EndTable egress, EndTable ingress)
    {
        TrafficSegment[][] segments = new TrafficSegment[PortCuts.Protocols.Length][];
        List<TrafficSegment> list = [];
        for (int p = 0; p < segments.Length; p++)
        {
            list.Clear();
            TrafficSegment[] left = egress.Segments[p], right = ingress.Segments[p];
            int l = 0, r = 0, start = 1;
            while (start <= ushort.MaxValue)
            {
                ushort last = Math.Min(left[l].Last, right[r].Last);
                byte answer = Both(left[l].Answer, right[r].Answer);
                if (list.Count > 0 && list[^1].Answer == answer)
                {
                    list[^1] = list[^1] with { Last = last };
                }
                else
                {
                    list.Add(new TrafficSegment((ushort)start, last, answer));
                }

                start = last + 1;
                l += left[l].Last == last ? 1 : 0;
                r += right[r].Last == last ? 1 : 0;
            }

            segments[p] = [.. list];
        }

        byte icmp = Both(egress.Icmp, ingress.Icmp), ofType = icmp;
        List<(int, int, byte)> exceptions = [];
        if (egress.IcmpTypes.Length + ingress.IcmpTypes.Length > 0)
        {
            SortedSet<(int Type, int Code)> types = [.. egress.IcmpTypes.Concat(ingress.IcmpTypes).SelectMany(t => ((int, int)[])[(t.Type, -1), (t.Type, t.Code)])];
            foreach ((int type, int code) in types)
            {
                byte answer = Both(egress.IcmpOf(type, code), ingress.IcmpOf(type, code));
                if (code < 0)
                {
                    ofType = answer;
                }

                if (answer != (code < 0 ? icmp : ofType))
                {
                    exceptions.Add((type, code, answer));
                }
            }
        }

        return new TrafficPart(segments, icmp, [.. exceptions]);
    }

    private byte Both(byte egress, byte ingress)
    {
        int allowed = egress != EndTable.Denies && ingress != EndTable.Denies ? 1 : 0;
        return (byte)(_detail == TrafficDetail.Ends ? allowed | (egress << 1) | (ingress << 3) : allowed);
    }

    private static TrafficSegment[][] ClosedSegments()
    {
        TrafficSegment[] all = [new(1, ushort.MaxValue, 0)];
        return [all, all, all];
    }
}

/// <summary>Random numbers that stand for a cell in sums over rows and columns.</summary>
internal readonly record struct CellKey(ulong First, ulong Second, ulong Any);
