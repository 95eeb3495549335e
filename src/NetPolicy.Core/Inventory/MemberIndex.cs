using NetPolicy.Addresses;

namespace NetPolicy.Inventory;

/// <summary>Which endpoints and network sets an address belongs to.</summary>
internal sealed class MemberIndex
{
    private readonly Dictionary<IpAddress, int[]> _owned = [];
    private readonly Dictionary<IpAddress, int[]> _workloads = [];
    private readonly Dictionary<IpAddress, int[]> _nodes = [];
    private readonly Dictionary<IpPrefix, int[]> _nets = [];
    private readonly int[] _lengths4;
    private readonly int[] _lengths6;

    public MemberIndex(IReadOnlyList<Selectable> all, IReadOnlyList<Node> nodes)
    {
        Dictionary<IpPrefix, SortedSet<int>> direct = [];
        Dictionary<IpAddress, SortedSet<int>> owners = [];
        Dictionary<int, Selectable> members = all.ToDictionary(m => m.Index);
        foreach (Selectable selectable in all)
        {
            switch (selectable)
            {
                case NetworkSet set:
                    foreach (IpPrefix net in set.Nets)
                    {
                        Add(direct, net, set.Index);
                    }

                    break;
                case Endpoint endpoint:
                    foreach (IpAddress address in endpoint.Addresses)
                    {
                        Add(owners, address, endpoint.Index);
                    }

                    break;
            }
        }

        _lengths4 = Lengths(direct.Keys, IpFamily.IPv4);
        _lengths6 = Lengths(direct.Keys, IpFamily.IPv6);

        // Every stored block knows the sets of all blocks around it, so that the longest match is the answer.
        foreach (IpPrefix net in direct.Keys)
        {
            SortedSet<int> holders = [];
            foreach (int length in LengthsOf(net.Family))
            {
                if (length <= net.Length && direct.TryGetValue(new IpPrefix(net.First, length), out SortedSet<int>? sets))
                {
                    holders.UnionWith(sets);
                }
            }

            _nets[net] = [.. holders];
        }

        foreach ((IpAddress address, SortedSet<int> ids) in owners)
        {
            int[] workloads = [.. ids.Where(i => ((Endpoint)members[i]).IsWorkload).OrderBy(i => members[i].Name, StringComparer.Ordinal)];
            if (workloads.Length > 0)
            {
                _workloads[address] = workloads;
            }

            _owned[address] = [.. ids.Union(SetsOf(address)).Order()];
        }

        foreach (IGrouping<IpAddress, Node> owners2 in nodes.SelectMany(n => n.Addresses.Select(a => (Address: a, Node: n))).GroupBy(p => p.Address, p => p.Node))
        {
            _nodes[owners2.Key] = [.. owners2.Distinct().OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => n.Index)];
        }
    }

    /// <summary>Endpoints (host endpoints by their expected addresses) and sets that hold the address. No allocation.</summary>
    public int[] Of(IpAddress address) => _owned.TryGetValue(address, out int[]? members) ? members : SetsOf(address);

    /// <summary>Nodes that have the address, in ordinal order of their names. No allocation.</summary>
    public int[] NodesOf(IpAddress address) => _nodes.TryGetValue(address, out int[]? nodes) ? nodes : [];

    /// <summary>Workloads that own the address, in ordinal order of their names. No allocation.</summary>
    public int[] WorkloadsOf(IpAddress address) => _workloads.TryGetValue(address, out int[]? owners) ? owners : [];

    /// <summary>Network sets alone that hold the address. No allocation.</summary>
    public int[] SetsOf(IpAddress address)
    {
        foreach (int length in LengthsOf(address.Family))
        {
            if (_nets.TryGetValue(new IpPrefix(address, length), out int[]? sets))
            {
                return sets;
            }
        }

        return [];
    }

    private int[] LengthsOf(IpFamily family) => family switch
    {
        IpFamily.IPv4 => _lengths4,
        IpFamily.IPv6 => _lengths6,
        _ => [],
    };

    private static int[] Lengths(IEnumerable<IpPrefix> nets, IpFamily family) =>
        [.. nets.Where(n => n.Family == family).Select(n => n.Length).Distinct().OrderDescending()];

    private static void Add<TKey>(Dictionary<TKey, SortedSet<int>> index, TKey key, int value)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out SortedSet<int>? values))
        {
            index[key] = values = [];
        }

        values.Add(value);
    }
}
