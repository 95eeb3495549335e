namespace NetPolicy.Enforce.Simulation;

/// <summary>Finds the element that a key matches. Immutable; built once per set.</summary>
internal abstract class NftSetIndex
{
    internal abstract NftElement? Find(ReadOnlySpan<UInt128> key, TimeSpan now);

    internal static NftSetIndex Build(string name, IReadOnlyList<NftType> types, IReadOnlyList<NftElement> elements)
    {
        bool exact = elements.All(element => element.IsExact);
        return types.Count == 1
            ? exact ? new ExactField(elements) : new SortedRanges(elements)
            : exact ? new ExactKey(types, elements) : new RangeKeys(name, types, elements);
    }

    /// <summary>One field, single values: a hash table.</summary>
    private sealed class ExactField : NftSetIndex
    {
        private readonly Dictionary<UInt128, NftElement> elements;

        internal ExactField(IReadOnlyList<NftElement> elements)
        {
            this.elements = new(elements.Count);
            foreach (NftElement element in elements)
            {
                this.elements.Add(element.Key[0].Low, element);
            }
        }

        internal override NftElement? Find(ReadOnlySpan<UInt128> key, TimeSpan now) =>
            elements.TryGetValue(key[0], out NftElement? element) && element.IsLive(now) ? element : null;
    }

    /// <summary>Several fields, single values: a hash table over the packed key.</summary>
    private sealed class ExactKey : NftSetIndex
    {
        private readonly NftKeyLayout layout;
        private readonly Dictionary<NftKey, NftElement> elements;

        internal ExactKey(IReadOnlyList<NftType> types, IReadOnlyList<NftElement> elements)
        {
            layout = new NftKeyLayout(types);
            this.elements = new(elements.Count);
            Span<UInt128> values = stackalloc UInt128[types.Count];
            foreach (NftElement element in elements)
            {
                for (int field = 0; field < values.Length; field++)
                {
                    values[field] = element.Key[field].Low;
                }

                this.elements.Add(layout.Pack(values), element);
            }
        }

        internal override NftElement? Find(ReadOnlySpan<UInt128> key, TimeSpan now) =>
            elements.TryGetValue(layout.Pack(key), out NftElement? element) && element.IsLive(now) ? element : null;
    }

    /// <summary>One field, disjoint ranges: binary search.</summary>
    private sealed class SortedRanges : NftSetIndex
    {
        private readonly UInt128[] lows;
        private readonly NftElement[] elements;

        internal SortedRanges(IReadOnlyList<NftElement> elements)
        {
            this.elements = [.. elements.OrderBy(element => element.Key[0].Low)];
            lows = [.. this.elements.Select(element => element.Key[0].Low)];
        }

        internal override NftElement? Find(ReadOnlySpan<UInt128> key, TimeSpan now)
        {
            int index = Array.BinarySearch(lows, key[0]);
            index = index < 0 ? ~index - 1 : index;
            return index >= 0 && key[0] <= elements[index].Key[0].High && elements[index].IsLive(now) ? elements[index] : null;
        }
    }

    /// <summary>
    /// Several fields, some of them ranges: elements are grouped by which fields are single, each group is a hash table over
    /// those, and only the candidates' ranges are compared. Every group is asked, so that overlaps are noticed.
    /// </summary>
    private sealed class RangeKeys : NftSetIndex
    {
        private readonly string name;
        private readonly NftKeyLayout layout;
        private readonly List<(int SingleFields, Dictionary<NftKey, List<NftElement>> Candidates)> groups = [];

        internal RangeKeys(string name, IReadOnlyList<NftType> types, IReadOnlyList<NftElement> elements)
        {
            this.name = name;
            layout = new NftKeyLayout(types);
            Dictionary<int, Dictionary<NftKey, List<NftElement>>> byMask = [];
            Span<UInt128> values = stackalloc UInt128[types.Count];
            foreach (NftElement element in elements)
            {
                int mask = 0;
                for (int field = 0; field < values.Length; field++)
                {
                    bool single = element.Key[field].IsSingle;
                    mask |= single ? 1 << field : 0;
                    values[field] = single ? element.Key[field].Low : UInt128.Zero;
                }

                if (!byMask.TryGetValue(mask, out Dictionary<NftKey, List<NftElement>>? group))
                {
                    byMask.Add(mask, group = []);
                    groups.Add((mask, group));
                }

                NftKey key = layout.Pack(values);
                if (!group.TryGetValue(key, out List<NftElement>? candidates))
                {
                    group.Add(key, candidates = []);
                }

                candidates.Add(element);
            }
        }

        internal override NftElement? Find(ReadOnlySpan<UInt128> key, TimeSpan now)
        {
            NftElement? found = null;
            Span<UInt128> masked = stackalloc UInt128[key.Length];
            foreach ((int singleFields, Dictionary<NftKey, List<NftElement>> group) in groups)
            {
                for (int field = 0; field < key.Length; field++)
                {
                    masked[field] = (singleFields & (1 << field)) != 0 ? key[field] : UInt128.Zero;
                }

                if (group.TryGetValue(layout.Pack(masked), out List<NftElement>? candidates))
                {
                    found = FindAmong(candidates, key, now, found);
                }
            }

            return found;
        }

        private NftElement? FindAmong(List<NftElement> candidates, ReadOnlySpan<UInt128> key, TimeSpan now, NftElement? found)
        {
            foreach (NftElement candidate in candidates)
            {
                if (!candidate.IsLive(now) || !Contains(candidate, key))
                {
                    continue;
                }

                if (found is not null && !found.HasSameData(candidate))
                {
                    throw new NftExecutionException(
                        $"elements of lines {found.Line} and {candidate.Line} of `{name}` overlap: which one the kernel finds depends on the order of insertion");
                }

                found ??= candidate;
            }

            return found;
        }

        private static bool Contains(NftElement element, ReadOnlySpan<UInt128> key)
        {
            for (int field = 0; field < key.Length; field++)
            {
                if (!element.Key[field].Contains(key[field]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
