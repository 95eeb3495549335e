using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Addresses that cannot differ in any respect a rule can ask for: one that somebody owns, or a stretch between the borders of all blocks.</summary>
/// <param name="Range">The addresses.</param>
/// <param name="Facts">The facts about any of them.</param>
/// <param name="IsSingle">True if it is one address with an owner, or that a rule names by itself.</param>
/// <param name="IsOwnNode">True if it is an address of the node itself.</param>
/// <param name="Stretch">Number of the stretch between borders of blocks that it is in: addresses of one stretch are in the same blocks.</param>
/// <param name="IsNamed">True if a rule's Service names the address itself.</param>
internal readonly record struct Atom(IpRange Range, PeerFacts Facts, bool IsSingle, bool IsOwnNode, int Stretch, bool IsNamed);

/// <summary>The whole address space of both families in atoms, in ascending order.</summary>
internal sealed class PeerUniverse
{
    private readonly Snapshot _snapshot;
    private readonly HashSet<IpAddress> _own;
    private readonly HashSet<IpAddress> _named = [];

    public PeerUniverse(Snapshot snapshot, IReadOnlyList<IpAddress> ownAddresses, IReadOnlyList<EndConditions> conditions)
    {
        _snapshot = snapshot;
        _own = [.. ownAddresses.Where(a => snapshot.Members.WorkloadsOf(a).Length == 0)];
        SortedSet<IpAddress> singles = [.. _own];
        HashSet<IpPrefix> blocks = [];
        foreach (Selectable selectable in snapshot.Cluster.Selectables)
        {
            switch (selectable)
            {
                case Endpoint endpoint:
                    singles.UnionWith(endpoint.Addresses);
                    break;
                case NetworkSet set:
                    blocks.UnionWith(set.Nets);
                    break;
            }
        }

        foreach (EndConditions condition in conditions)
        {
            blocks.UnionWith(condition.End.Nets ?? []);
            blocks.UnionWith(condition.End.NotNets ?? []);
            _named.UnionWith((condition.End.Service ?? []).Select(b => b.Address).Where(a => a.Family != IpFamily.None));
        }

        singles.UnionWith(_named);

        Atoms = [.. Split(IpFamily.IPv4, blocks, singles), .. Split(IpFamily.IPv6, blocks, singles)];
    }

    /// <summary>All atoms: IPv4, then IPv6, ascending; together every address there is.</summary>
    public IReadOnlyList<Atom> Atoms { get; }

    private IEnumerable<Atom> Split(IpFamily family, HashSet<IpPrefix> blocks, SortedSet<IpAddress> singles)
    {
        UInt128 last = (family == IpFamily.IPv4 ? IpPrefix.AllIPv4 : IpPrefix.AllIPv6).Last.Value;
        SortedSet<UInt128> starts = [0];
        foreach (IpPrefix block in blocks.Where(b => b.Family == family))
        {
            Cut(starts, block.First.Value, block.Last.Value, last);
        }

        HashSet<UInt128> borders = [.. starts];
        HashSet<UInt128> single = [];
        foreach (IpAddress address in singles.Where(a => a.Family == family))
        {
            single.Add(address.Value);
            Cut(starts, address.Value, address.Value, last);
        }

        UInt128[] cuts = [.. starts];
        int stretch = -1;
        for (int i = 0; i < cuts.Length; i++)
        {
            IpAddress first = IpAddress.From(family, cuts[i]);
            IpRange range = new(first, IpAddress.From(family, i + 1 < cuts.Length ? cuts[i + 1] - 1 : last));
            bool isSingle = single.Contains(cuts[i]);
            PeerFacts facts = new(first, isSingle ? _snapshot.Members.Of(first) : _snapshot.Members.SetsOf(first));
            stretch += borders.Contains(cuts[i]) ? 1 : 0;
            yield return new Atom(range, facts, isSingle, _own.Contains(first), stretch, _named.Contains(first));
        }
    }

    private static void Cut(SortedSet<UInt128> starts, UInt128 first, UInt128 final, UInt128 last)
    {
        starts.Add(first);
        if (final < last)
        {
            starts.Add(final + 1);
        }
    }
}
