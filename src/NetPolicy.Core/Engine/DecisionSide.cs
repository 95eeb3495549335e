namespace NetPolicy.Engine;

/// <summary>
/// Peers of one side of a program in groups: within one all meet the same conditions. Knows which classes each selector selects in one generation of snapshots.
/// Selectors of many classes are asked anew each time, so that they do not bind it to a generation.
/// </summary>
internal sealed class DecisionSide
{
    private const int MaxAsked = 32;

    private readonly EndConditions _conditions;
    private readonly Lock _building;
    private readonly ClassSet?[] _bound;
    private readonly (int Local, int Selector)[] _asked;
    private readonly ClassBits _rows;
    private readonly int _words;
    private readonly LongMap<SelectorPart> _parts = new();
    private readonly LongMap<PeerGroup> _groups = new();
    private readonly bool _isByPart;
    private volatile SelectorPart? _nobody;
    private int _partCount;
    private int _groupCount;

    public DecisionSide(EndConditions conditions, Snapshot snapshot, Lock building)
    {
        _conditions = conditions;
        _building = building;
        int count = conditions.Selectors.Count;
        _words = (count + 63) / 64;
        _bound = new ClassSet?[count];
        List<(int, int)> asked = [];
        List<(int Class, int Bit)> pairs = [];
        for (int local = 0; local < count; local++)
        {
            int selector = conditions.Selectors[local].Id;
            ClassSet classes = snapshot.ClassesOf(selector);
            if (!classes.IsList && asked.Count < MaxAsked)
            {
                asked.Add((local, selector));
                continue;
            }

            _bound[local] = classes;
            if (classes.IsList)
            {
                foreach (int one in classes.List)
                {
                    pairs.Add((one, local));
                }
            }
            else
            {
                pairs.AddRange(classes.Enumerate().Select(one => (one, local)));
            }
        }

        _rows = new ClassBits(Math.Max(1, _words), pairs, pairs.Count);
        _asked = [.. asked];
        _isByPart = !conditions.HasNames && !conditions.HasBlocks;
        if (conditions.IsTrivial)
        {
            Everybody = new PeerGroup(0, [], null!, 0, 0);
        }
    }

    /// <summary>The only group, if this side asks for nothing.</summary>
    public PeerGroup? Everybody { get; }

    /// <summary>True if in <paramref name="snapshot"/> the selectors select what they did when this was made.</summary>
    public bool Holds(Snapshot snapshot)
    {
        for (int local = 0; local < _bound.Length; local++)
        {
            ClassSet now = snapshot.ClassesOf(_conditions.Selectors[local].Id);
            if (_bound[local] is { } bound ? !ReferenceEquals(bound, now) : now.IsList)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The group of an end; null if it has several owners and ports by name, which must be asked one by one.</summary>
    public PeerGroup? GroupOf(Snapshot snapshot, in PeerFacts facts)
    {
        if (Everybody is { } everybody)
        {
            return everybody;
        }

        int[] members = facts.Members;
        int ports = 0;
        if (_conditions.HasNames && members.Length > 0)
        {
            if (members.Length > 1)
            {
                return null;
            }

            ports = snapshot.ClassOf(members[0]).PortsId;
        }

        SelectorPart part = _words <= 1 ? PartOfWord(snapshot, members) : PartOfWords(snapshot, members);
        if (_isByPart && part.Group is { } only)
        {
            return only;
        }

        int block = _conditions.Addresses.Of(facts.Address);
        long key = Mix(((long)part.Id << 32) | (uint)block, ports);
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

    private SelectorPart PartOfWord(Snapshot snapshot, int[] members)
    {
        ulong bits = 0;
        if (_words == 1)
        {
            foreach (int member in members)
            {
                int one = snapshot.ClassIdOf(member);
                bits |= _rows.WordOf(one);

                foreach ((int local, int selector) in _asked)
                {
                    if (snapshot.ClassesOf(selector).Contains(one))
                    {
                        bits |= 1UL << local;
                    }
                }
            }
        }

        return bits == 0 && _nobody is { } nobody ? nobody : _parts.Get((long)bits) ?? AddPart((long)bits, [bits]);
    }

    private SelectorPart PartOfWords(Snapshot snapshot, int[] members)
    {
        Span<ulong> bits = _words <= 128 ? stackalloc ulong[128] : new ulong[_words];
        bits = bits[.._words];
        bits.Clear();
        foreach (int member in members)
        {
            int one = snapshot.ClassIdOf(member);
            _rows.AddTo(one, bits);

            foreach ((int local, int selector) in _asked)
            {
                if (snapshot.ClassesOf(selector).Contains(one))
                {
                    bits[local >> 6] |= 1UL << (local & 63);
                }
            }
        }

        long key = 0;
        foreach (ulong word in bits)
        {
            key = Mix(key, (long)word);
        }

        for (SelectorPart? part = _parts.Get(key); part is not null; part = part.Next)
        {
            if (bits.SequenceEqual(part.Bits))
            {
                return part;
            }
        }

        return AddPart(key, bits.ToArray());
    }

    private SelectorPart AddPart(long key, ulong[] bits)
    {
        lock (_building)
        {
            SelectorPart? first = _parts.Get(key), last = null;
            for (SelectorPart? part = first; part is not null; part = part.Next)
            {
                if (part.Bits.AsSpan().SequenceEqual(bits))
                {
                    return part;
                }

                last = part;
            }

            SelectorPart added = new(_partCount++, bits, [.. Selections(bits).Order()]);
            if (bits.Length == 1 && bits[0] == 0)
            {
                _nobody = added;
            }

            if (last is null)
            {
                _parts.Add(key, added);
            }
            else
            {
                last.Next = added;
            }

            return added;
        }
    }

    private IEnumerable<int> Selections(ulong[] bits)
    {
        foreach (int selection in _conditions.SelectionsWithout)
        {
            if (!Has(bits, _conditions.Selection(selection).NotSelected))
            {
                yield return selection;
            }
        }

        for (int word = 0; word < bits.Length; word++)
        {
            for (ulong left = bits[word]; left != 0; left &= left - 1)
            {
                foreach (int selection in _conditions.SelectionsOf[(word << 6) + System.Numerics.BitOperations.TrailingZeroCount(left)])
                {
                    if (!Has(bits, _conditions.Selection(selection).NotSelected))
                    {
                        yield return selection;
                    }
                }
            }
        }

        static bool Has(ulong[] bits, int local) => local >= 0 && (bits[local >> 6] & (1UL << (local & 63))) != 0;
    }

    private PeerGroup AddGroup(long key, SelectorPart part, int block, int ports)
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

            int[] blocks = _conditions.Addresses[block];
            List<int> conditions = [];
            foreach (int selection in part.Selections)
            {
                foreach (int condition in _conditions.ConditionsOf[selection])
                {
                    if (Array.BinarySearch(blocks, _conditions.BlockOf(condition)) >= 0)
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

            if (_isByPart)
            {
                part.Group = added;
            }

            return added;
        }
    }
}

/// <summary>Peers that the same selectors of a side select.</summary>
internal sealed class SelectorPart(int id, ulong[] bits, int[] selections)
{
    public readonly int Id = id;

    /// <summary>The selectors, as bits by their number on this side.</summary>
    public readonly ulong[] Bits = bits;

    /// <summary>Selections that are met.</summary>
    public readonly int[] Selections = selections;

    public volatile SelectorPart? Next;

    /// <summary>Its group, where addresses and named ports tell nobody apart.</summary>
    public volatile PeerGroup? Group;
}

/// <summary>Peers that meet the same conditions of a side.</summary>
internal sealed class PeerGroup(int id, int[] conditions, SelectorPart part, int block, int ports)
{
    public readonly int Id = id;

    /// <summary>Conditions that are met, in ascending order.</summary>
    public readonly int[] Conditions = conditions;

    public readonly SelectorPart Part = part;
    public readonly int Block = block;
    public readonly int Ports = ports;
    public volatile PeerGroup? Next;

    /// <summary>Tables with groups of the other side, by twice their number and one more for IPv6; longer when a number is first met.</summary>
    public volatile DecisionTable?[] Tables = [];
}
