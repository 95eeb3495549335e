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
    private Snapshot _snapshot;
    private readonly IReadOnlyList<IpAddress> _ownAddresses;
    private readonly HashSet<(IpPrefix, IpAddress)> _blocks;
    private readonly HashSet<IpAddress> _own;
    private readonly HashSet<IpAddress> _named = [];
    private readonly UInt128[][] _starts;

    public PeerUniverse(Snapshot snapshot, IReadOnlyList<IpAddress> ownAddresses, IReadOnlyList<EndConditions> conditions)
    {
        _snapshot = snapshot;
        _ownAddresses = ownAddresses;
        _blocks = BlocksOf(conditions);
        _own = [.. ownAddresses.Where(a => snapshot.Members.WorkloadsOf(a).Length == 0)];
        Borders four = new(IpFamily.IPv4), six = new(IpFamily.IPv6);
        void Single(IpAddress address) => (address.Family == IpFamily.IPv6 ? six : four).Singles.Add(address.Value);
        void Block(IpPrefix block) => (block.Family == IpFamily.IPv6 ? six : four).Add(block);
        foreach (Selectable selectable in snapshot.Cluster.Selectables)
        {
            switch (selectable)
            {
                case Endpoint endpoint:
                    foreach (IpAddress address in endpoint.Addresses)
                    {
                        Single(address);
                    }

                    break;
                case NetworkSet set:
                    foreach (IpPrefix net in set.Nets)
                    {
                        Block(net);
                    }

                    break;
            }
        }

        foreach (EndConditions condition in conditions)
        {
            Array.ForEach(condition.End.Nets ?? [], Block);
            Array.ForEach(condition.End.NotNets ?? [], Block);
            foreach (SliceBackend backend in condition.End.Service ?? [])
            {
                if (backend.Address.Family != IpFamily.None)
                {
                    _named.Add(backend.Address);
                }
            }
        }

        foreach (IpAddress address in _own.Concat(_named))
        {
            Single(address);
        }

        four.Sort();
        six.Sort();
        _starts = [four.Starts, six.Starts];

        // They are large and many: counted first, they are made where they stay.
        int count = four.CountAtoms();
        Atoms = new Atom[count + six.CountAtoms()];
        Split(Atoms.AsSpan(0, count), four);
        Split(Atoms.AsSpan(count), six);
    }

    /// <summary>True if single addresses have come or gone since it was made: atoms are then those of before, borders of blocks and special addresses those of now.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Takes another snapshot for the one it was made of, in which some single addresses differ that nothing else depends on.</summary>
    public void Follow(Snapshot snapshot)
    {
        _snapshot = snapshot;
        IsStale = true;
    }

    /// <summary>True if a universe of these would be the same.</summary>
    public bool IsOf(Snapshot snapshot, IReadOnlyList<IpAddress> ownAddresses, IReadOnlyList<EndConditions> conditions) =>
        ReferenceEquals(_snapshot.Cluster.SelectableList, snapshot.Cluster.SelectableList) && _ownAddresses.SequenceEqual(ownAddresses)
        && _blocks.SetEquals(BlocksOf(conditions));

    private static HashSet<(IpPrefix, IpAddress)> BlocksOf(IReadOnlyList<EndConditions> conditions)
    {
        HashSet<(IpPrefix, IpAddress)> blocks = [];
        foreach (EndConditions condition in conditions)
        {
            Array.ForEach(condition.End.Nets ?? [], b => blocks.Add((b, default)));
            Array.ForEach(condition.End.NotNets ?? [], b => blocks.Add((b, default)));
            Array.ForEach(condition.End.Service ?? [], b => blocks.Add((default, b.Address)));
        }

        return blocks;
    }

    /// <summary>All atoms: IPv4, then IPv6, ascending; together every address there is.</summary>
    public Atom[] Atoms { get; }

    /// <summary>True if a rule's Service names the address, or it is one of the node's own: what has it then is not all that counts.</summary>
    public bool IsSpecial(IpAddress address) => _own.Contains(address) || _named.Contains(address);

    /// <summary>The number of the stretch that an address is in, within its family.</summary>
    public int StretchOf(IpAddress address)
    {
        int at = Array.BinarySearch(_starts[address.Family == IpFamily.IPv6 ? 1 : 0], address.Value);
        return at >= 0 ? at : ~at - 1;
    }

    private void Split(Span<Atom> atoms, Borders borders)
    {
        int made = 0;
        foreach (Piece piece in borders.Pieces())
        {
            IpAddress first = IpAddress.From(borders.Family, piece.First);
            PeerFacts facts = new(first, piece.IsSingle ? _snapshot.Members.Of(first) : _snapshot.Members.SetsOf(first));
            atoms[made++] = new Atom(
                new IpRange(first, piece.Last == piece.First ? first : IpAddress.From(borders.Family, piece.Last)), facts, piece.IsSingle,
                piece.IsSingle && _own.Contains(first), piece.Stretch, piece.IsSingle && _named.Contains(first));
        }
    }

    /// <summary>Addresses from one border to the next, or one that stands by itself.</summary>
    private readonly record struct Piece(UInt128 First, UInt128 Last, bool IsSingle, int Stretch);

    /// <summary>Where blocks of a family begin and end, and the addresses that stand by themselves.</summary>
    private sealed class Borders(IpFamily family)
    {
        private readonly HashSet<IpPrefix> _blocks = [];

        public IpFamily Family => family;

        public UInt128 Last { get; } = (family == IpFamily.IPv4 ? IpPrefix.AllIPv4 : IpPrefix.AllIPv6).Last.Value;

        public List<UInt128> Singles { get; private set; } = [];

        public UInt128[] Starts { get; private set; } = [];

        public void Add(IpPrefix block) => _blocks.Add(block);

        /// <summary>Puts starts of stretches in ascending order, the first 0; singles in ascending order too, each once.</summary>
        public void Sort()
        {
            List<UInt128> starts = [0];
            foreach (IpPrefix block in _blocks)
            {
                starts.Add(block.First.Value);
                if (block.Last.Value < Last)
                {
                    starts.Add(block.Last.Value + 1);
                }
            }

            Singles = Once(Singles);
            Starts = [.. Once(starts)];
        }

        public int CountAtoms()
        {
            int count = 0;
            foreach (Piece _ in Pieces())
            {
                count++;
            }

            return count;
        }

        /// <summary>All addresses of the family in pieces, in ascending order.</summary>
        public IEnumerable<Piece> Pieces()
        {
            int stretch = -1, single = 0;
            for (UInt128 next = 0; ;)
            {
                if (stretch + 1 < Starts.Length && Starts[stretch + 1] == next)
                {
                    stretch++;
                }

                UInt128 end = stretch + 1 < Starts.Length ? Starts[stretch + 1] - 1 : Last;
                bool isSingle = single < Singles.Count && Singles[single] == next;
                UInt128 last = isSingle ? next : single < Singles.Count && Singles[single] <= end ? Singles[single] - 1 : end;
                single += isSingle ? 1 : 0;
                yield return new Piece(next, last, isSingle, stretch);
                if (last == Last)
                {
                    yield break;
                }

                next = last + 1;
            }
        }

        private static List<UInt128> Once(List<UInt128> values)
        {
            values.Sort();
            int kept = 0;
            for (int i = 0; i < values.Count; i++)
            {
                if (i == 0 || values[i] != values[i - 1])
                {
                    values[kept++] = values[i];
                }
            }

            values.RemoveRange(kept, values.Count - kept);
            return values;
        }
    }
}
