using NetPolicy.Addresses;

namespace NetPolicy.Analysis;

/// <summary>
/// Classes whose rows and columns are equal become one group. Rows and columns are known by sums: each cell counts as the product of random numbers of its place and
/// of its content, so that equal sums mean equal cells but for one case in 2¹⁰⁰ whatever the documents say, and a changed cell changes a sum by a subtraction and an addition.
/// </summary>
internal sealed partial class Universe
{
    // Of classes: over all others, outside included.
    private Sums[] _rows = [];
    private Sums[] _columns = [];

    // Of tiles: over all classes.
    private Sums[] _fromTiles = [];
    private Sums[] _toTiles = [];

    private void TakeSums(Universe? previous)
    {
        int[]? before = previous is null ? null : IndexesIn(previous);
        _rows = new Sums[_classes.Length];
        _columns = new Sums[_classes.Length];
        int fresh = before is null ? _classes.Length : before.Count(i => i < 0);
        if (before is null
            || _hasSpecial || previous!._hasSpecial
            || !ReferenceEquals(_tiles, previous._tiles)
            || !HasSameOutside(previous)
            || (fresh + previous._classes.Length) * 4 > _classes.Length * 5)
        {
            SumAll();
        }
        else
        {
            SumChanges(previous, before);
        }
    }

    private bool HasSameOutside(Universe previous) => ReferenceEquals(_worlds[0].NothingOutside.Tiles, previous._views[0].OutsideToken);

    // By place, the class's place in the universe before; -1 if it was not there.
    private int[] IndexesIn(Universe previous)
    {
        int[] indexes = new int[_classes.Length];
        Array.Fill(indexes, -1);
        for (int i = 0; i < previous._classes.Length; i++)
        {
            if (previous._classes[i] is { } one && one.Build == _lineage.Build)
            {
                indexes[one.Index] = i;
            }
        }

        return indexes;
    }

    private void SumAll()
    {
        const int Block = 16;
        int count = _classes.Length;
        Lock adding = new();
        Parallel.For(
            0,
            (count + Block - 1) / Block,
            () => new Sums[count],
            (block, _, columns) =>
            {
                int first = block * Block, end = Math.Min(first + Block, count);
                for (int j = 0; j < count; j++)
                {
                    TileKey to = _classes[j].Key;
                    for (int i = first; i < end; i++)
                    {
                        if (i != j)
                        {
                            CellKey key = _tables.KeyOf(Inside(i, j));
                            _rows[i].Add(to, key);
                            columns[j].Add(_classes[i].Key, key);
                        }
                    }
                }

                return columns;
            },
            columns =>
            {
                lock (adding)
                {
                    for (int j = 0; j < count; j++)
                    {
                        _columns[j].Add(columns[j]);
                    }
                }
            });

        OutsideSums outside = new(_tiles);
        for (int i = 0; i < count; i++)
        {
            SumOutside(outside, i, isRemoved: false, _rows, _columns, i);
        }

        (_toTiles, _fromTiles) = (outside.To(null), outside.From(null));
    }

    private void SumChanges(Universe previous, int[] before)
    {
        List<int> fresh = [], gone = [];
        for (int i = 0; i < before.Length; i++)
        {
            if (before[i] < 0)
            {
                fresh.Add(i);
            }
            else
            {
                _rows[i] = previous._rows[before[i]];
                _columns[i] = previous._columns[before[i]];
            }
        }

        for (int i = 0; i < previous._classes.Length; i++)
        {
            if (previous._classes[i].Build != _lineage.Build)
            {
                gone.Add(i);
            }
        }

        OutsideSums outside = new(_tiles);
        Sums[] ignored = new Sums[1];
        foreach (int i in gone)
        {
            previous.SumOutside(outside, i, isRemoved: true, ignored, ignored, 0);
            TileKey key = previous._classes[i].Key;
            for (int k = 0; k < before.Length; k++)
            {
                if (before[k] >= 0)
                {
                    _rows[k].Remove(key, _tables.KeyOf(previous.Inside(before[k], i)));
                    _columns[k].Remove(key, _tables.KeyOf(previous.Inside(i, before[k])));
                }
            }
        }

        foreach (int i in fresh)
        {
            TileKey key = _classes[i].Key;
            for (int k = 0; k < before.Length; k++)
            {
                if (k == i)
                {
                    continue;
                }

                CellKey to = _tables.KeyOf(Inside(i, k)), from = _tables.KeyOf(Inside(k, i));
                _rows[i].Add(_classes[k].Key, to);
                _columns[i].Add(_classes[k].Key, from);
                if (before[k] >= 0)
                {
                    _columns[k].Add(key, to);
                    _rows[k].Add(key, from);
                }
            }

            SumOutside(outside, i, isRemoved: false, _rows, _columns, i);
        }

        (_toTiles, _fromTiles) = (outside.To(previous._toTiles), outside.From(previous._fromTiles));
    }

    private void SumOutside(OutsideSums outside, int index, bool isRemoved, Sums[] rows, Sums[] columns, int at)
    {
        List<(int First, int End, int Cell)> runs = [];
        Runs(index, isOutgoing: true, runs);
        foreach ((int first, int end, int cell) in runs)
        {
            CellKey key = _tables.KeyOf(cell);
            rows[at].AddRange(outside.KeyOf(first, end), end - first, key);
            outside.AddTo(first, end, _classes[index].Key, key, isRemoved);
        }

        Runs(index, isOutgoing: false, runs);
        foreach ((int first, int end, int cell) in runs)
        {
            CellKey key = _tables.KeyOf(cell);
            columns[at].AddRange(outside.KeyOf(first, end), end - first, key);
            outside.AddFrom(first, end, _classes[index].Key, key, isRemoved);
        }
    }

    private List<EndGroup> Merge()
    {
        List<EndGroup> groups = [];
        Dictionary<(ulong, ulong, string), List<EndGroup>> alike = [];
        for (int i = 0; i < _classes.Length; i++)
        {
            (ulong, ulong, string) key = (_rows[i].Any, _columns[i].Any, _classes[i].Tag);
            if (!alike.TryGetValue(key, out List<EndGroup>? candidates))
            {
                alike[key] = candidates = [];
            }

            int inner = _names[i].Count > 1 ? Inside(i, i) : -1;
            EndGroup? fitting = null;
            foreach (EndGroup candidate in candidates)
            {
                if (Fits(candidate, i, inner))
                {
                    fitting = candidate;
                    break;
                }
            }

            if (fitting is null)
            {
                groups.Add(fitting = new EndGroup(i, isOutside: false) { Inner = inner });
                candidates.Add(fitting);
                fitting.Names.AddRange(_names[i]);
                continue;
            }

            fitting.Inner = Inside(fitting.Representative, i);
            fitting.IsMixed = true;
            fitting.Names.AddRange(_names[i]);
        }

        foreach (EndGroup group in groups)
        {
            if (group.IsMixed)
            {
                group.Names.Sort(StringComparer.Ordinal);
            }
        }

        Dictionary<(Sums, Sums), EndGroup> outside = [];
        for (int t = 0; t < _tiles.Count; t++)
        {
            if (!outside.TryGetValue((_fromTiles[t], _toTiles[t]), out EndGroup? group))
            {
                outside[(_fromTiles[t], _toTiles[t])] = group = new EndGroup(t, isOutside: true) { Inner = -1 };
                groups.Add(group);
            }

            IpRange tile = _tiles.Ranges[t];
            if (group.Ranges.Count > 0 && group.Ranges[^1].Last is var last && last.Family == tile.First.Family && last.Value + 1 == tile.First.Value)
            {
                group.Ranges[^1] = group.Ranges[^1] with { Last = tile.Last };
            }
            else
            {
                group.Ranges.Add(tile);
            }
        }

        return groups;
    }

    // Two classes fit if they say the same of all others and are told the same by them, and what they say of each other is what members of either say among themselves.
    private bool Fits(EndGroup group, int index, int inner)
    {
        int representative = group.Representative;
        int between = Inside(representative, index);
        if (Inside(index, representative) != between || (group.Inner >= 0 && group.Inner != between) || (inner >= 0 && inner != between))
        {
            return false;
        }

        // Each with the other's cell in the place of its own.
        CellKey key = _tables.KeyOf(between);
        TileKey own = _classes[index].Key, other = _classes[representative].Key;
        return _rows[index].With(own, key) == _rows[representative].With(other, key) && _columns[index].With(own, key) == _columns[representative].With(other, key);
    }

    /// <summary>Sums over a row or column; of two kinds, by place and content and by content alone.</summary>
    private record struct Sums(ulong First, ulong Second, ulong Any)
    {
        public void Add(TileKey place, CellKey cell)
        {
            First += place.First * cell.First;
            Second += place.Second * cell.Second;
            Any += cell.Any;
        }

        public void Remove(TileKey place, CellKey cell)
        {
            First -= place.First * cell.First;
            Second -= place.Second * cell.Second;
            Any -= cell.Any;
        }

        public void Add(Sums other)
        {
            First += other.First;
            Second += other.Second;
            Any += other.Any;
        }

        public void AddRange(TileKey places, int count, CellKey cell)
        {
            First += places.First * cell.First;
            Second += places.Second * cell.Second;
            Any += (ulong)count * cell.Any;
        }

        public readonly (ulong, ulong) With(TileKey place, CellKey cell) => (First + (place.First * cell.First), Second + (place.Second * cell.Second));
    }

    /// <summary>Sums of tiles while they are made: a run of tiles is added at its ends.</summary>
    private sealed class OutsideSums
    {
        private readonly TileKey[] _before;
        private readonly Sums[] _to;
        private readonly Sums[] _from;

        public OutsideSums(Tiles tiles)
        {
            _before = new TileKey[tiles.Count + 1];
            for (int t = 0; t < tiles.Count; t++)
            {
                _before[t + 1] = new TileKey(_before[t].First + tiles.Keys[t].First, _before[t].Second + tiles.Keys[t].Second);
            }

            _to = new Sums[tiles.Count + 1];
            _from = new Sums[tiles.Count + 1];
        }

        /// <summary>The numbers of a run.</summary>
        public TileKey KeyOf(int first, int end) => new(_before[end].First - _before[first].First, _before[end].Second - _before[first].Second);

        public void AddTo(int first, int end, TileKey place, CellKey cell, bool isRemoved) => Add(_to, first, end, place, cell, isRemoved);

        public void AddFrom(int first, int end, TileKey place, CellKey cell, bool isRemoved) => Add(_from, first, end, place, cell, isRemoved);

        public Sums[] To(Sums[]? before) => Finish(_to, before);

        public Sums[] From(Sums[]? before) => Finish(_from, before);

        private static void Add(Sums[] sums, int first, int end, TileKey place, CellKey cell, bool isRemoved)
        {
            if (isRemoved)
            {
                sums[first].Remove(place, cell);
                sums[end].Add(place, cell);
            }
            else
            {
                sums[first].Add(place, cell);
                sums[end].Remove(place, cell);
            }
        }

        private static Sums[] Finish(Sums[] steps, Sums[]? before)
        {
            Sums[] sums = new Sums[steps.Length - 1];
            Sums running = default;
            for (int t = 0; t < sums.Length; t++)
            {
                running.Add(steps[t]);
                sums[t] = before is null ? default : before[t];
                sums[t].Add(running);
            }

            return sums;
        }
    }
}
