using NetPolicy.Collections;

namespace NetPolicy.Inventory;

/// <summary>The ordinal order of the names in a list of endpoints and sets, worked out once for all clusters that have the same names.</summary>
internal sealed class NameOrder
{
    private int[]? _slots;

    /// <summary>The members of <paramref name="list"/> in order of their names. O(n log n) once, then O(n).</summary>
    public Selectable[] Of(PersistentList<Selectable?> list)
    {
        if (Volatile.Read(ref _slots) is not { } slots)
        {
            Selectable[] members = [.. list.Items().OfType<Selectable>()];
            Array.Sort(members, (x, y) => string.CompareOrdinal(x.Name, y.Name));
            Volatile.Write(ref _slots, [.. members.Select(m => m.Index)]);
            return members;
        }

        return Array.ConvertAll(slots, slot => list[slot]!);
    }
}
