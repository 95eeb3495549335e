using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Analysis;

/// <summary>
/// The ends of one or two worlds, put into groups on which all worlds agree, and the traffic between groups in each world.
/// Work is done per pair of classes of equal behaviour, never per pair of ends.
/// </summary>
internal sealed class Universe
{
    private readonly World[] _worlds;
    private readonly TrafficDetail _detail;
    private readonly List<EndClass> _classes = [];
    private readonly Dictionary<string, int> _tableIds = new(StringComparer.Ordinal);
    private readonly List<TrafficTable> _tables = [];
    private readonly Dictionary<(string, string, bool), int>[] _known;
    private readonly Dictionary<int[], int> _cellIds = new(CellComparer.Instance);
    private readonly List<int[]> _cells = [];
    private readonly int[] _matrix;

    /// <param name="worlds">One or two worlds.</param>
    /// <param name="detail">What must be equal within a group.</param>
    /// <param name="tag">Splits groups further: workloads with different tags never share one.</param>
    public Universe(World[] worlds, TrafficDetail detail, Func<Endpoint, string> tag)
    {
        _worlds = worlds;
        _detail = detail;
        _known = [.. worlds.Select(_ => new Dictionary<(string, string, bool), int>())];
        _tables.Add(TrafficTable.Absent);
        CollectClasses(tag);
        _matrix = new int[_classes.Count * _classes.Count];
        Fill();
        Groups = Merge();
    }

    /// <summary>Groups in the order of their first member; those of outside addresses last.</summary>
    public IReadOnlyList<EndGroup> Groups { get; }

    /// <summary>Traffic in a world; null if the pair says nothing: outside to outside, or a group of one to itself.</summary>
    public TrafficTable? Table(EndGroup from, EndGroup to, int world)
    {
        int cell = CellOf(from, to);
        return cell < 0 ? null : _tables[_cells[cell][world]];
    }

    /// <summary>True if all worlds say the same of a pair, or it is not spoken of.</summary>
    public bool IsUnchanged(EndGroup from, EndGroup to)
    {
        int cell = CellOf(from, to);
        return cell < 0 || _cells[cell].AsSpan().IndexOfAnyExcept(_cells[cell][0]) < 0;
    }

    /// <summary>Families that the ends have in common: bit 0 IPv4, bit 1 IPv6. 0 if one does not exist.</summary>
    public int Families(EndGroup from, EndGroup to, int world) =>
        (_classes[from.Representative].First[world]?.Families ?? 0) & (_classes[to.Representative].First[world]?.Families ?? 0);

    private int CellOf(EndGroup from, EndGroup to) =>
        from != to ? _matrix[(from.Representative * _classes.Count) + to.Representative] : from.Inner;

    private void CollectClasses(Func<Endpoint, string> tag)
    {
        Dictionary<string, EndClass> byKey = new(StringComparer.Ordinal);
        SortedDictionary<string, (Party?[] Parties, string Tag)> named = new(StringComparer.Ordinal);
        for (int w = 0; w < _worlds.Length; w++)
        {
            foreach (Node node in _worlds[w].Snapshot.Cluster.Nodes)
            {
                Name(node.ToString(), w, _worlds[w].PartyOf(node), "");
            }

            foreach (Endpoint endpoint in _worlds[w].Snapshot.Cluster.Endpoints.Where(e => e.IsWorkload))
            {
                Name(endpoint.Name, w, _worlds[w].PartyOf(endpoint), tag(endpoint));
            }
        }

        foreach ((string name, (Party?[] parties, string ownTag)) in named)
        {
            Take(parties, ownTag).Names.Add(name);
        }

        foreach (IpRange tile in AddressSpace.Tile(_worlds))
        {
            IpAddress representative = AddressSpace.Representative(tile, _worlds);
            Take([.. _worlds.Select(w => (Party?)w.PartyOf(representative))], "").Ranges.Add(tile);
        }

        void Name(string name, int world, Party party, string ownTag)
        {
            if (!named.TryGetValue(name, out (Party?[] Parties, string Tag) entry))
            {
                named[name] = entry = (new Party?[_worlds.Length], ownTag);
            }

            entry.Parties[world] = party;
        }

        EndClass Take(Party?[] parties, string ownTag)
        {
            string key = ownTag + "\n" + string.Join('\n', parties.Select(p => p is null ? "-" : $"{p.Key.Length} {p.Key}"));
            if (!byKey.TryGetValue(key, out EndClass? found))
            {
                byKey[key] = found = new EndClass(parties, ownTag);
                _classes.Add(found);
            }
            else
            {
                found.Second ??= parties;
            }

            return found;
        }
    }

    private void Fill()
    {
        int[] cell = new int[_worlds.Length];
        for (int i = 0; i < _classes.Count; i++)
        {
            for (int j = 0; j < _classes.Count; j++)
            {
                EndClass from = _classes[i], to = _classes[j];
                Party?[]? destinations = i == j ? to.Second : to.First;
                if ((from.IsOutside && to.IsOutside) || destinations is null)
                {
                    _matrix[(i * _classes.Count) + j] = -1;
                    continue;
                }

                for (int w = 0; w < _worlds.Length; w++)
                {
                    cell[w] = TableId(w, from.First[w], destinations[w]);
                }

                if (!_cellIds.TryGetValue(cell, out int id))
                {
                    id = _cells.Count;
                    _cells.Add([.. cell]);
                    _cellIds[_cells[id]] = id;
                }

                _matrix[(i * _classes.Count) + j] = id;
            }
        }
    }

    private int TableId(int world, Party? from, Party? to)
    {
        if (from is null || to is null)
        {
            return 0;
        }

        // Behind a Service the source's node and the backends' nodes meet too.
        bool direct = to.IsFront && (from.IsNode || to.MeetsNodes);
        bool sameNode = from.Node >= 0 && from.Node == to.Node;
        if (!direct && _known[world].TryGetValue((from.Base, to.Base, sameNode), out int id))
        {
            return id;
        }

        TrafficTable table = TrafficTable.Of(_worlds[world], from, to, _detail);
        if (!_tableIds.TryGetValue(table.Key, out id))
        {
            id = _tables.Count;
            _tables.Add(table);
            _tableIds[table.Key] = id;
        }

        if (!direct)
        {
            _known[world][(from.Base, to.Base, sameNode)] = id;
        }

        return id;
    }

    // Classes whose rows and columns are equal become one group, if what they say of each other fits.
    private List<EndGroup> Merge()
    {
        List<EndGroup> groups = [];
        for (int i = 0; i < _classes.Count; i++)
        {
            EndClass own = _classes[i];
            EndGroup? fitting = groups.FirstOrDefault(g => Fits(g, i));
            if (fitting is null)
            {
                groups.Add(fitting = new EndGroup(i, own.IsOutside) { Inner = At(i, i) });
            }
            else
            {
                fitting.Inner = At(fitting.Representative, i);
            }

            fitting.Names.AddRange(own.Names);
            fitting.Ranges.AddRange(own.Ranges);
        }

        foreach (EndGroup group in groups)
        {
            group.Names.Sort(StringComparer.Ordinal);
            List<IpRange> joined = AddressSpace.Join(group.Ranges);
            group.Ranges.Clear();
            group.Ranges.AddRange(joined);
        }

        groups.Sort(static (a, b) => a.IsOutside != b.IsOutside ? a.IsOutside.CompareTo(b.IsOutside)
            : a.IsOutside ? a.Ranges[0].First.CompareTo(b.Ranges[0].First)
            : string.CompareOrdinal(a.Names[0], b.Names[0]));
        return groups;
    }

    private bool Fits(EndGroup group, int index)
    {
        int representative = group.Representative;
        EndClass own = _classes[index], other = _classes[representative];
        if (own.IsOutside != other.IsOutside || own.Tag != other.Tag)
        {
            return false;
        }

        int between = At(representative, index);
        if (At(index, representative) != between
            || (group.Inner >= 0 && group.Inner != between)
            || (At(index, index) is var inner && inner >= 0 && inner != between))
        {
            return false;
        }

        int count = _classes.Count;
        for (int k = 0; k < count; k++)
        {
            if (k != index && k != representative
                && (_matrix[(index * count) + k] != _matrix[(representative * count) + k]
                    || _matrix[(k * count) + index] != _matrix[(k * count) + representative]))
            {
                return false;
            }
        }

        return true;
    }

    private int At(int from, int to) => _matrix[(from * _classes.Count) + to];

    /// <summary>Ends that no world tells apart.</summary>
    private sealed class EndClass(Party?[] first, string tag)
    {
        public Party?[] First { get; } = first;

        public Party?[]? Second { get; set; }

        public string Tag { get; } = tag;

        public bool IsOutside { get; } = first.Any(p => p is { IsOutside: true });

        public List<string> Names { get; } = [];

        public List<IpRange> Ranges { get; } = [];
    }

    private sealed class CellComparer : IEqualityComparer<int[]>
    {
        public static readonly CellComparer Instance = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj) => obj.Length == 1 ? obj[0] : HashCode.Combine(obj[0], obj[1]);
    }
}

/// <summary>A group while it is made.</summary>
internal sealed class EndGroup(int representative, bool isOutside)
{
    /// <summary>Index of the class that stands for all.</summary>
    public int Representative { get; } = representative;

    public bool IsOutside { get; } = isOutside;

    /// <summary>Cell of two different members; -1 if there are none or nothing is said.</summary>
    public int Inner { get; set; }

    public List<string> Names { get; } = [];

    public List<IpRange> Ranges { get; } = [];

    public ConnectivityGroup ToGroup(string id) => new(id, [.. Names], [.. Ranges]);
}
