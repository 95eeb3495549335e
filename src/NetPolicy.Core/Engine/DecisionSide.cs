using System.Numerics;
using NetPolicy.Addresses;

namespace NetPolicy.Engine;

/// <summary>
/// Peers of one side of a program, told apart by what the program asks of them: by the selectors that select them in parts, by address and named ports too in
/// groups. Knows nobody by name, so it holds for all snapshots that have the program.
/// </summary>
internal sealed class DecisionSide
{
    /// <summary>Keys of groups have at most so many bits.</summary>
    public const int KeyBits = 30;

    private const int PortBits = 10;

    private readonly EndConditions _conditions;
    private readonly Lock _building;
    private readonly Dictionary<int[], SelectorPart> _partByLocals = new(LocalsComparer.Instance);
    private readonly LongMap<SelectorPart> _joined = new();
    private readonly LongMap<PeerGroup> _groups = new();
    private readonly int _portBits;
    private readonly int _blockBits;
    private volatile SelectorPart[] _parts = new SelectorPart[4];
    private int _partCount;
    private int _groupCount;

    public DecisionSide(EndConditions conditions, Lock building)
    {
        _conditions = conditions;
        _building = building;
        _portBits = conditions.HasNames ? PortBits : 0;
        _blockBits = conditions.HasBlocks ? BitOperations.Log2((uint)Math.Max(1, conditions.Addresses.Count - 1)) + 1 : 0;
        PartOf([]);
    }

    public EndConditions Conditions => _conditions;

    /// <summary>True if the program asks nothing of this side.</summary>
    public bool IsTrivial => _conditions.IsTrivial;

    /// <summary>Number of parts that were met.</summary>
    public int PartCount => Volatile.Read(ref _partCount);

    /// <summary>The number of the part of peers that just these selectors select, given by their numbers on this side in ascending order.</summary>
    public int PartOf(int[] locals)
    {
        lock (_building)
        {
            if (_partByLocals.TryGetValue(locals, out SelectorPart? part))
            {
                return part.Id;
            }

            part = new SelectorPart(_partCount, locals, [.. Selections(locals).Order()]);
            SelectorPart[] parts = _parts;
            if (_partCount == parts.Length)
            {
                Array.Resize(ref parts, parts.Length * 2);
            }

            parts[_partCount++] = part;
            _parts = parts;
            _partByLocals[locals] = part;
            return part.Id;
        }
    }

    /// <summary>The part of peers whose address belongs to members of both parts.</summary>
    public int Join(int one, int other)
    {
        if (one == other || other == 0)
        {
            return one;
        }

        if (one == 0)
        {
            return other;
        }

        long key = ((long)Math.Min(one, other) << 32) | (uint)Math.Max(one, other);
        return (_joined.Get(key) ?? AddJoined(key, one, other)).Id;
    }

    /// <summary>Bits that ports by name take in keys of groups.</summary>
    public int PortKeyBits => _portBits;

    /// <summary>Bits that parts of the address space take in keys of groups.</summary>
    public int BlockKeyBits => _blockBits;

    /// <summary>The part of the address space that an address is in.</summary>
    public int BlockOf(in IpAddress address) => _blockBits == 0 ? 0 : _conditions.Addresses.Of(address);

    /// <summary>The group of peers of a part and a part of the address space with named ports.</summary>
    public PeerGroup GroupOf(int part, int block, int ports)
    {
        long key = Mix(((long)part << 32) | (uint)block, ports);
        for (PeerGroup? group = _groups.Get(key); group is not null; group = group.Next)
        {
            if (group.Part == part && group.Block == block && group.Ports == ports)
            {
                return group;
            }
        }

        return AddGroup(key, part, block, ports);
    }

    private static long Mix(long left, long right) => unchecked((left * 0x1F0A2BE71D163FA1) + (right * 0x2545F4914F6CDD1D));

    private SelectorPart AddJoined(long key, int one, int other)
    {
        lock (_building)
        {
            if (_joined.Get(key) is not { } part)
            {
                int joined = PartOf([.. new SortedSet<int>(_parts[one].Locals.Concat(_parts[other].Locals))]);
                part = _parts[joined];
                _joined.Add(key, part);
            }

            return part;
        }
    }

    private IEnumerable<int> Selections(int[] locals)
    {
        foreach (int selection in _conditions.SelectionsWithout)
        {
            if (!Has(locals, _conditions.Selection(selection).NotSelected))
            {
                yield return selection;
            }
        }

        foreach (int local in locals)
        {
            foreach (int selection in _conditions.SelectionsOf[local])
            {
                if (!Has(locals, _conditions.Selection(selection).NotSelected))
                {
                    yield return selection;
                }
            }
        }

        static bool Has(int[] locals, int local) => local >= 0 && Array.BinarySearch(locals, local) >= 0;
    }

    private PeerGroup AddGroup(long key, int part, int block, int ports)
    {
        lock (_building)
        {
            PeerGroup? last = null;
            for (PeerGroup? group = _groups.Get(key); group is not null; group = group.Next)
            {
                if (group.Part == part && group.Block == block && group.Ports == ports)
                {
                    return group;
                }

                last = group;
            }

            List<int> conditions = [];
            foreach (int selection in _parts[part].Selections)
            {
                foreach (int condition in _conditions.ConditionsOf[selection])
                {
                    if (!_conditions.HasBlocks || Array.BinarySearch(_conditions.Addresses[block], _conditions.BlockOf(condition)) >= 0)
                    {
                        conditions.Add(condition);
                    }
                }
            }

            conditions.Sort();
            PeerGroup added = new(_groupCount++, [.. conditions], part, block, ports);
            if (last is null)
            {
                _groups.Add(key, added);
            }
            else
            {
                last.Next = added;
            }

            return added;
        }
    }

    private sealed class LocalsComparer : IEqualityComparer<int[]>
    {
        public static LocalsComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] locals)
        {
            uint hash = (uint)locals.Length;
            foreach (int local in locals)
            {
                hash = (BitOperations.RotateLeft(hash, 5) ^ (uint)local) * 0x9E3779B1u;
            }

            return (int)hash;
        }
    }
}

/// <summary>Peers that the same selectors of a side select.</summary>
/// <param name="Id">Dense.</param>
/// <param name="Locals">The selectors, by their numbers on this side, in ascending order.</param>
/// <param name="Selections">Selections that are met.</param>
internal sealed record SelectorPart(int Id, int[] Locals, int[] Selections);

/// <summary>Peers that meet the same conditions of a side.</summary>
internal sealed class PeerGroup(int id, int[] conditions, int part, int block, int ports)
{
    public readonly int Id = id;

    /// <summary>Conditions that are met, in ascending order.</summary>
    public readonly int[] Conditions = conditions;

    public readonly int Part = part;
    public readonly int Block = block;
    public readonly int Ports = ports;
    public volatile PeerGroup? Next;
}
