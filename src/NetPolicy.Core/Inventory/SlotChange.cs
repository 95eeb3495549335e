namespace NetPolicy.Inventory;

/// <summary>What one slot of a cluster held before and holds now; another name if the slot was reused.</summary>
/// <param name="Index">The slot.</param>
/// <param name="Old">What it held; null if it was free.</param>
/// <param name="New">What it holds; null if it is free.</param>
internal readonly record struct SlotChange<T>(int Index, T? Old, T? New)
    where T : class;
