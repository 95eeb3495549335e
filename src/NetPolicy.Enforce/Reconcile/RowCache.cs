using System.Runtime.InteropServices;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Rows of maps, found once for each map that stays the same from one compilation to the next.</summary>
internal sealed class RowCache
{
    private readonly Dictionary<RuleMap, ClassRows> _rows = new(ReferenceEqualityComparer.Instance);

    public ClassRows Of(RuleMap map)
    {
        ref ClassRows? rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, map, out _);
        return rows ??= new ClassRows(map.Elements);
    }

    /// <summary>Forgets all but these.</summary>
    public void Keep(IEnumerable<RuleMap> maps)
    {
        HashSet<RuleMap> kept = new(maps, ReferenceEqualityComparer.Instance);
        foreach (RuleMap map in _rows.Keys)
        {
            if (!kept.Contains(map))
            {
                _rows.Remove(map);
            }
        }
    }
}
