using NetPolicy.Addresses;

namespace NetPolicy.Analysis;

/// <summary>All addresses that nobody owns, cut where some world tells neighbours apart.</summary>
internal static class AddressSpace
{
    /// <summary>Disjoint ranges in ascending order.</summary>
    public static List<IpRange> Tile(IReadOnlyCollection<World> worlds)
    {
        HashSet<IpAddress> owned = [.. worlds.SelectMany(w => w.OwnedAddresses)];
        List<IpRange> tiles = [];
        List<UInt128>[] edges = [[], []];
        foreach (IpRange range in worlds.SelectMany(w => w.NamedRanges).Concat(owned.Select(a => new IpRange(a, a))))
        {
            List<UInt128> own = edges[range.First.Family == IpFamily.IPv6 ? 1 : 0];
            own.Add(range.First.Value);
            if (range.Last != (range.First.Family == IpFamily.IPv6 ? IpPrefix.AllIPv6 : IpPrefix.AllIPv4).Last)
            {
                own.Add(range.Last.Value + 1);
            }
        }

        foreach (IpPrefix all in (ReadOnlySpan<IpPrefix>)[IpPrefix.AllIPv4, IpPrefix.AllIPv6])
        {
            List<UInt128> starts = edges[all.Family == IpFamily.IPv6 ? 1 : 0];
            starts.Add(all.First.Value);
            starts.Sort();
            for (int i = 0; i < starts.Count;)
            {
                int next = i + 1;
                while (next < starts.Count && starts[next] == starts[i])
                {
                    next++;
                }

                IpAddress first = IpAddress.From(all.Family, starts[i]);
                if (!owned.Contains(first))
                {
                    tiles.Add(new IpRange(first, next < starts.Count ? IpAddress.From(all.Family, starts[next] - 1) : all.Last));
                }

                i = next;
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
}
