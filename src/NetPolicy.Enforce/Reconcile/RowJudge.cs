using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Tells whether addresses that go from one identity to another may lose something that they were allowed.</summary>
internal sealed class RowJudge
{
    private readonly Dictionary<string, RuleChain> _oldChains;
    private readonly Dictionary<string, RuleChain> _newChains;
    private readonly List<(ClassRows Old, ClassRows New)> _tables = [];
    private readonly Dictionary<(uint Old, uint New), bool> _known = [];

    public RowJudge(RuleTable old, RuleTable @new, RowCache? cache = null)
    {
        cache ??= new RowCache();
        _oldChains = ByName(old);
        _newChains = ReferenceEquals(old, @new) ? _oldChains : ByName(@new);
        Dictionary<string, RuleMap> before = old.Maps.Where(HashSize.IsByIdentity).ToDictionary(m => m.Name, StringComparer.Ordinal);
        foreach (RuleMap map in @new.Maps.Where(HashSize.IsByIdentity))
        {
            RuleMap? same = before.GetValueOrDefault(map.Name);
            ClassRows rows = cache.Of(map);
            _tables.Add((same is null ? new ClassRows(default) : same.Elements == map.Elements ? rows : cache.Of(same), rows));
        }
    }

    /// <summary>Only what certainly lets the packet on.</summary>
    public static bool Allows(Dictionary<string, RuleChain> chains, RuleVerdict verdict) =>
        verdict.Kind == RuleVerdictKind.Return
        || (verdict is { Kind: RuleVerdictKind.Goto, Chain: { } name } && name.StartsWith("r_", StringComparison.Ordinal)
            && !chains[name].Rules.Any(l => l.Statements.Any(s => s is RuleStatement.Go)));

    /// <summary>True unless all tables give the new identity at least what they gave the old one.</summary>
    public bool Restricts(uint old, uint @new)
    {
        if (!_known.TryGetValue((old, @new), out bool restricts))
        {
            _known[(old, @new)] = restricts = _tables.Any(t => Restricts(t.Old, old, t.New, @new));
        }

        return restricts;
    }

    private static Dictionary<string, RuleChain> ByName(RuleTable table) => table.Chains.ToDictionary(c => c.Name, StringComparer.Ordinal);

    private bool Restricts(ClassRows oldRows, uint old, ClassRows newRows, uint @new)
    {
        Dictionary<RuleValue, RuleVerdict> before = oldRows.Copy(old, @new).ToDictionary(e => e.Key, e => e.Verdict);
        foreach (RuleElement element in newRows[@new])
        {
            if (!before.Remove(element.Key, out RuleVerdict was)
                ? !Allows(_newChains, element.Verdict)
                : Allows(_oldChains, was) && !Allows(_newChains, element.Verdict))
            {
                return true;
            }
        }

        return before.Values.Any(v => Allows(_oldChains, v));
    }
}
