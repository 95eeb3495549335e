namespace NetPolicy.Inventory;

/// <summary>A few places, in no order. Mutable; <c>default</c> is empty.</summary>
internal struct SlotSet
{
    private int[]? _slots;

    /// <summary>Number of places.</summary>
    public int Count { get; private set; }

    /// <summary>The places.</summary>
    public readonly ReadOnlySpan<int> Slots => _slots.AsSpan(0, Count);

    public void Add(int slot)
    {
        if (_slots is null || Count == _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(2, Count * 2));
        }

        _slots[Count++] = slot;
    }

    /// <summary>O(count).</summary>
    public void Remove(int slot)
    {
        int at = Slots.IndexOf(slot);
        if (at >= 0)
        {
            _slots![at] = _slots[--Count];
        }
    }
}
