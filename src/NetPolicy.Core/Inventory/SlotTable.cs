using NetPolicy.Collections;

namespace NetPolicy.Inventory;

/// <summary>
/// Things by name in places: a name keeps its place while something has it, a place that came free is used again from the next batch on.
/// Remembers what each place held at the batch's beginning.
/// </summary>
internal sealed class SlotTable<TKey, T>
    where TKey : notnull
    where T : class
{
    private readonly Stack<int> _free = [];
    private readonly List<(TKey Key, int Slot)> _vacated = [];
    private readonly List<SlotChange<T>> _changes = [];
    private int[] _stamps = [];

    /// <summary>Things by place.</summary>
    public PersistentList<T?>.Builder List { get; } = PersistentList<T?>.Empty.ToBuilder();

    /// <summary>Places by name; of names that went in this batch too.</summary>
    public PersistentMap<TKey, int>.Builder Names { get; } = PersistentMap<TKey, int>.Empty.ToBuilder();

    /// <summary>True if a name came or went in the last batch.</summary>
    public bool AreNamesChanged { get; private set; }

    /// <summary>Places written in this batch with what they held before; <see cref="SlotChange{T}.New"/> is not set yet.</summary>
    public List<SlotChange<T>> Changes => _changes;

    public T? this[int slot] => List[slot];

    public T? Find(TKey key) => Names.TryGetValue(key, out int slot) ? List[slot] : null;

    /// <summary>The place of <paramref name="key"/>, a new one if it has none.</summary>
    public int Place(TKey key)
    {
        if (Names.TryGetValue(key, out int slot))
        {
            return slot;
        }

        if (!_free.TryPop(out slot))
        {
            slot = List.Count;
            List.Add(null);
        }

        Names.Set(key, slot);
        return slot;
    }

    public void Set(int slot, T value)
    {
        Remember(slot);
        List[slot] = value;
    }

    public void Remove(TKey key)
    {
        if (Names.TryGetValue(key, out int slot) && List[slot] is not null)
        {
            Remember(slot);
            List[slot] = null;
            _vacated.Add((key, slot));
        }
    }

    /// <summary>Ends the batch and tells what it changed.</summary>
    public SlotChange<T>[] Settle()
    {
        AreNamesChanged = false;
        foreach ((TKey key, int slot) in _vacated)
        {
            if (List[slot] is null && Names.Remove(key))
            {
                _free.Push(slot);
            }
        }

        _vacated.Clear();
        if (_changes.Count == 0)
        {
            return [];
        }

        List<SlotChange<T>> changed = new(_changes.Count);
        foreach (SlotChange<T> change in _changes)
        {
            T? now = List[change.Index];
            if (!ReferenceEquals(change.Old, now))
            {
                changed.Add(change with { New = now });
                AreNamesChanged |= change.Old is null != now is null;
            }
        }

        _changes.Clear();
        if (_changes.Capacity > 1024)
        {
            _changes.Capacity = 0;
        }

        return [.. changed];
    }

    public void EnsureCapacity(int count)
    {
        Names.EnsureCapacity(count);
        _changes.EnsureCapacity(count);
        if (_stamps.Length < count)
        {
            Array.Resize(ref _stamps, count);
        }
    }

    private void Remember(int slot)
    {
        if (slot >= _stamps.Length)
        {
            Array.Resize(ref _stamps, Math.Max(16, Math.Max(slot + 1, _stamps.Length + (_stamps.Length >> 1))));
        }

        int stamp = _stamps[slot];
        if (stamp >= _changes.Count || _changes[stamp].Index != slot)
        {
            _stamps[slot] = _changes.Count;
            _changes.Add(new SlotChange<T>(slot, List[slot], null));
        }
    }
}
