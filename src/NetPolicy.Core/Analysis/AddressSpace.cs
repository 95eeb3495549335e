using NetPolicy.Addresses;

namespace NetPolicy.Analysis;

/// <summary>All addresses that nobody owns, cut where some world tells neighbours apart.</summary>
internal static class AddressSpace
{
    /// <summary>Disjoint ranges in ascending order.</summary>
    public static List<IpRange> Tile(IReadOnlyCollection<World> worlds)
    {
        HashSet<IpAddress> owned = [.. worlds.SelectMany(w => w.OwnedAddresses)];
        IpRange[] ranges = [.. worlds.SelectMany(w => w.NamedRanges).Concat(owned.Select(a => new IpRange(a, a))).Distinct()];
        List<IpRange> tiles = [];
        foreach (IpPrefix all in (ReadOnlySpan<IpPrefix>)[IpPrefix.AllIPv4, IpPrefix.AllIPv6])
        {
            SortedSet<UInt128> starts = [all.First.Value];
            foreach (IpRange range in ranges.Where(r => r.First.Family == all.Family))
            {
                starts.Add(range.First.Value);
                if (range.Last != all.Last)
                {
                    starts.Add(range.Last.Value + 1);
                }
            }

            UInt128[] sorted = [.. starts];
            for (int i = 0; i < sorted.Length; i++)
            {
                IpAddress first = IpAddress.From(all.Family, sorted[i]);
                if (!owned.Contains(first))
                {
                    tiles.Add(new IpRange(first, i + 1 < sorted.Length ? IpAddress.From(all.Family, sorted[i + 1] - 1) : all.Last));
                }
            }
        }

        return tiles;
    }

    /// <summary>
    /// An address of the range that is no Service's in any world and not loopback, which is the sender itself; the first one if all are.
    /// </summary>
    public static IpAddress Representative(IpRange range, IReadOnlyCollection<World> worlds)
    {
        IpAddress first = range.First.IsLoopback ? AfterLoopback(range.First.Family) : range.First;
        if (first > range.Last)
        {
            return range.First;
        }

        for (UInt128 offset = 0; offset <= range.Last.Value - first.Value; offset++)
        {
            IpAddress address = IpAddress.From(range.First.Family, first.Value + offset);
            if (!worlds.Any(w => w.IsFront(address)))
            {
                return address;
            }
        }

        return first;
    }

    private static IpAddress AfterLoopback(IpFamily family) => IpAddress.From(family, family == IpFamily.IPv4 ? 0x8000_0000 : 2);

    /// <summary>The same addresses with touching ranges joined.</summary>
    public static List<IpRange> Join(IEnumerable<IpRange> tiles)
    {
        List<IpRange> joined = [];
        foreach (IpRange tile in tiles.OrderBy(t => t.First))
        {
            if (joined.Count > 0 && joined[^1].Last is var last && last.Family == tile.First.Family && last.Value + 1 == tile.First.Value)
            {
                joined[^1] = joined[^1] with { Last = tile.Last };
            }
            else
            {
                joined.Add(tile);
            }
        }

        return joined;
    }
}
