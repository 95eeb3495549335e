using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Engine;

/// <summary>One side of the program in one generation: which classes are in which part.</summary>
internal readonly struct BoundSide
{
    // Selectors of more classes are asked each time, so that they are not copied with each class that comes or goes.
    private const int MaxBound = 1024;
    private const int MaxAsked = 32;
    private const int MaxPatched = 64;

    // Tables are dropped when more than so many times the parts in use were met, so that a long life does not gather what once was.
    private const int MaxStale = 4;
    private const int MinParts = 1024;

    private readonly ClassParts _parts;
    private readonly ulong[] _blocks4;
    private readonly DecisionSide _side;
    private readonly (int Selector, int Part)[] _asked;
    private readonly byte _blockBits;
    private readonly byte _portBits;
    private readonly bool _isTrivial;
    private readonly bool _isPlain;

    private BoundSide(DecisionSide side, ClassParts parts, (int Selector, int Part)[] asked)
    {
        _side = side;
        _parts = parts;
        _asked = asked;
        _isTrivial = side.IsTrivial;
        _blockBits = (byte)side.BlockKeyBits;
        _portBits = (byte)side.PortKeyBits;
        _blocks4 = _blockBits == 0 ? [] : side.Conditions.Addresses.IPv4;
        _isPlain = asked.Length == 0 && _portBits == 0;
    }

    /// <summary>True if far more parts were met than are in use.</summary>
    public bool IsCrowded => _side.PartCount > MinParts + (MaxStale * _parts.Count);

    public static BoundSide Of(DecisionSide side, PersistentList<ClassSet> sets)
    {
        IReadOnlyList<CompiledSelector> selectors = side.Conditions.Selectors;
        List<(int, int)> asked = [];
        List<long> pairs = [];
        for (int local = 0; local < selectors.Count; local++)
        {
            ClassSet classes = sets[selectors[local].Id];
            if (IsAsked(classes) && asked.Count < MaxAsked)
            {
                asked.Add((selectors[local].Id, side.PartOf([local])));
                continue;
            }

            foreach (int one in classes.Enumerate())
            {
                pairs.Add(((long)one << 32) | (uint)local);
            }
        }

        pairs.Sort();
        List<(int, int)> parts = [];
        for (int i = 0; i < pairs.Count;)
        {
            int one = (int)(pairs[i] >> 32), end = i;
            while (end < pairs.Count && (int)(pairs[end] >> 32) == one)
            {
                end++;
            }

            int[] locals = new int[end - i];
            for (int l = 0; i < end; i++, l++)
            {
                locals[l] = (int)pairs[i];
            }

            parts.Add((one, side.PartOf(locals)));
        }

        return new BoundSide(side, ClassParts.Of(parts), [.. asked]);
    }

    /// <summary>This side in another generation. O(selectors of this side), from the generation before O(selectors that select other classes).</summary>
    public BoundSide With(PersistentList<ClassSet> old, Snapshot snapshot)
    {
        PersistentList<ClassSet> now = snapshot.World.Sets;
        IReadOnlyList<CompiledSelector> selectors = _side.Conditions.Selectors;
        SetChanges changes = snapshot.World.SetChanges;
        HashSet<int>? classes = null;
        if (ReferenceEquals(changes.From, old) && changes.Selectors.Length < selectors.Count)
        {
            foreach (int selector in changes.Selectors)
            {
                if (_side.Conditions.LocalOf(selector) >= 0 && !TryAddChanged(selector, old, now, ref classes))
                {
                    return Of(_side, now);
                }
            }
        }
        else
        {
            for (int local = 0; local < selectors.Count; local++)
            {
                if (!TryAddChanged(selectors[local].Id, old, now, ref classes))
                {
                    return Of(_side, now);
                }
            }
        }

        if (classes is not { Count: > 0 })
        {
            return this;
        }

        List<(int, int)> parts = new(classes.Count);
        List<int> locals = [];
        foreach (int one in classes)
        {
            locals.Clear();
            foreach (int selector in (one < snapshot.World.Classes.Count ? snapshot.World.Classes[one]?.Matched : null) ?? [])
            {
                int local = _side.Conditions.LocalOf(selector);
                if (local >= 0 && !IsAsked(selector))
                {
                    locals.Add(local);
                }
            }

            locals.Sort();
            parts.Add((one, _side.PartOf([.. locals])));
        }

        return new BoundSide(_side, _parts.With(parts), _asked);
    }

    // False if it is not worth while to go class by class.
    private bool TryAddChanged(int selector, PersistentList<ClassSet> old, PersistentList<ClassSet> now, ref HashSet<int>? classes)
    {
        ClassSet before = old[selector], after = now[selector];
        if (ReferenceEquals(before, after))
        {
            return true;
        }

        bool wasAsked = IsAsked(selector);
        if (wasAsked == IsAsked(after) && !wasAsked)
        {
            ClassSet.AddDifferences(before, after, classes ??= []);
        }

        return wasAsked == IsAsked(after) && classes is not { Count: > MaxPatched };
    }

    private bool IsAsked(int selector)
    {
        foreach ((int asked, int _) in _asked)
        {
            if (asked == selector)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Fetches what <see cref="Prefetch"/> needs.</summary>
    public void Approach()
    {
        if (!_isTrivial)
        {
            _parts.Approach();
            Fetch.Object(_blocks4);
        }
    }

    /// <summary>Fetches what <see cref="KeyOf"/> will look at.</summary>
    public void Prefetch(in DirectPeer peer)
    {
        if (!_isTrivial)
        {
            if (peer.Class >= 0)
            {
                _parts.Prefetch(peer.Class);
            }

            if (_blockBits != 0)
            {
                Fetch.Line(ref _blocks4[_blocks4.Length >> 1]);
            }
        }
    }

    /// <summary>A number that tells groups of this side apart; -1 if there is none for this end.</summary>
    public long KeyOf(Snapshot snapshot, in DirectPeer peer)
    {
        if (_isTrivial)
        {
            return 0;
        }

        int part, ports = 0;
        if (peer.Members is null && (_isPlain || peer.Class < 0))
        {
            part = peer.Class >= 0 ? _parts[peer.Class] : 0;
        }
        else if (peer.Members is null)
        {
            part = PartOf(snapshot, peer.Class);
            ports = _portBits != 0 ? snapshot.World.Classes[peer.Class]!.PortsId : 0;
        }
        else if (!TryFind(snapshot, peer.Members, out part, out ports))
        {
            return -1;
        }

        if (ports >> _portBits != 0 || part >= 1 << (DecisionSide.KeyBits - _blockBits - _portBits))
        {
            return -1;
        }

        int block = _blockBits == 0 ? 0
            : peer.Address.Family == IpFamily.IPv4 ? AddressParts.Find(_blocks4, (uint)peer.Address.Value)
            : _side.BlockOf(peer.Address);
        return ((((long)part << _blockBits) | (uint)block) << _portBits) | (uint)ports;
    }

    /// <summary>The group of an end; null if it has several owners and ports by name, which must be asked one by one.</summary>
    public PeerGroup? GroupOf(Snapshot snapshot, in PeerFacts facts)
    {
        if (_side.IsTrivial)
        {
            return _side.GroupOf(0, 0, 0);
        }

        return TryFind(snapshot, facts.Members, out int part, out int ports) ? _side.GroupOf(part, _side.BlockOf(facts.Address), ports) : null;
    }

    private bool TryFind(Snapshot snapshot, int[] members, out int part, out int ports)
    {
        part = ports = 0;
        if (_side.Conditions.HasNames && members.Length > 0)
        {
            if (members.Length > 1)
            {
                return false;
            }

            ports = snapshot.ClassOf(members[0]).PortsId;
        }

        foreach (int member in members)
        {
            part = _side.Join(part, PartOf(snapshot, snapshot.ClassIdOf(member)));
        }

        return true;
    }

    private int PartOf(Snapshot snapshot, int one)
    {
        int part = _parts[one];
        foreach ((int selector, int asked) in _asked)
        {
            if (snapshot.ClassesOf(selector).Contains(one))
            {
                part = _side.Join(part, asked);
            }
        }

        return part;
    }

    private static bool IsAsked(ClassSet classes) => classes.Count > MaxBound;
}
