using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Parts of a table by name. That of a changed table is made from that of the one before it.</summary>
internal sealed class TableIndex
{
    private readonly EquatableArray<RuleChain> _chains;
    private readonly EquatableArray<RuleMap> _maps;
    private readonly EquatableArray<RuleSet> _sets;

    private TableIndex(RuleTable table, Dictionary<string, RuleChain> chains, Dictionary<string, RuleMap> maps, Dictionary<string, RuleSet> sets)
    {
        (_chains, _maps, _sets) = (table.Chains, table.Maps, table.Sets);
        (Chains, Maps, Sets) = (chains, maps, sets);
    }

    public Dictionary<string, RuleChain> Chains { get; }

    public Dictionary<string, RuleMap> Maps { get; }

    public Dictionary<string, RuleSet> Sets { get; }

    /// <summary>The index of a table: <paramref name="known"/> if it is that.</summary>
    public static TableIndex Of(RuleTable table, TableIndex? known) => known is not null && known.IsOf(table)
        ? known
        : new TableIndex(
            table,
            table.Chains.AsEnumerable().ToDictionary(c => c.Name, StringComparer.Ordinal),
            table.Maps.AsEnumerable().ToDictionary(m => m.Name, StringComparer.Ordinal),
            table.Sets.AsEnumerable().ToDictionary(s => s.Name, StringComparer.Ordinal));

    /// <summary>The index of a table that differs from this one's by so much.</summary>
    public TableIndex Follow(RuleTable table, PartDifference<RuleChain> chains, PartDifference<RuleMap> maps, PartDifference<RuleSet> sets) =>
        new(table, Follow(Chains, chains, c => c.Name), Follow(Maps, maps, m => m.Name), Follow(Sets, sets, s => s.Name));

    /// <summary>True if its parts are those of a table.</summary>
    public bool IsOf(RuleTable table) => _chains.AsSpan() == table.Chains.AsSpan() && _maps.AsSpan() == table.Maps.AsSpan() && _sets.AsSpan() == table.Sets.AsSpan();

    private static Dictionary<string, T> Follow<T>(Dictionary<string, T> known, PartDifference<T> difference, Func<T, string> nameOf)
        where T : class
    {
        if (difference.Added.Count + difference.Removed.Count + difference.Changed.Count == 0)
        {
            return known;
        }

        Dictionary<string, T> parts = new(known, StringComparer.Ordinal);
        foreach (T part in difference.Removed)
        {
            parts.Remove(nameOf(part));
        }

        foreach (T part in difference.Added)
        {
            parts.Add(nameOf(part), part);
        }

        foreach ((_, T part) in difference.Changed)
        {
            parts[nameOf(part)] = part;
        }

        return parts;
    }
}
