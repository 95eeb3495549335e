using NetPolicy.Collections;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Makes equal small maps one: the replicas of a workload have the same labels. Remembers a fixed number.</summary>
internal sealed class MapPool
{
    private const int MostEntries = 16;
    private const int FewSlots = 1 << 5;
    private const int MostSlots = 1 << 11;

    private EquatableMap<string>[] _slots = new EquatableMap<string>[FewSlots];
    private int _added;

    /// <summary>The same map, perhaps as one that was there before.</summary>
    public EquatableMap<string> Get(EquatableMap<string> map)
    {
        if (map.Count is 0 or > MostEntries)
        {
            return map;
        }

        uint hash = (uint)map.GetHashCode();
        EquatableMap<string> known = _slots[hash % (uint)_slots.Length];
        if (known == map)
        {
            return known;
        }

        if (++_added > _slots.Length && _slots.Length < MostSlots)
        {
            _added = 0;
            _slots = new EquatableMap<string>[4 * _slots.Length];
        }

        return _slots[hash % (uint)_slots.Length] = map;
    }
}
