using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Tells whether addresses that go from one identity to another may lose something that they were allowed.</summary>
internal sealed class RowJudge
{
    private static readonly ClassRows s_none = new(default);

    private readonly Dictionary<string, RuleChain> _oldChains;
    private readonly Dictionary<string, RuleChain> _newChains;
    private readonly List<(ClassRows Old, ClassRows New)> _tables = [];
    private readonly Dictionary<(uint Old, uint New), bool> _known = [];

    /// <param name="old">The table that addresses come from.</param>
    /// <param name="new">The table that they come into.</param>
    /// <param name="cache">Rows that are known already.</param>
    /// <param name="oldIndex">Parts of the old table by name, if they are known.</param>
    /// <param name="newIndex">Parts of the new table by name, if they are known.</param>
    public RowJudge(RuleTable old, RuleTable @new, RowCache? cache = null, TableIndex? oldIndex = null, TableIndex? newIndex = null)
    {
        cache ??= new RowCache();
        TableIndex before = TableIndex.Of(old, oldIndex), after = TableIndex.Of(@new, newIndex ?? oldIndex ?? before);
        (_oldChains, _newChains) = (before.Chains, after.Chains);
        foreach (RuleMap map in @new.Maps.AsSpan())
        {
            if (HashSize.IsByIdentity(map))
            {
                ClassRows rows = cache.Of(map);
                _tables.Add((!before.Maps.TryGetValue(map.Name, out RuleMap? same) ? s_none : same.Elements == map.Elements ? rows : cache.Of(same), rows));
            }
        }
    }

    /// <summary>Only what certainly lets the packet on.</summary>
    public static bool Allows(Dictionary<string, RuleChain> chains, RuleVerdict verdict) =>
        verdict.Kind == RuleVerdictKind.Return
        || (verdict is { Kind: RuleVerdictKind.Goto, Chain: { } name } && name.StartsWith("r_", StringComparison.Ordinal)
            && !Leads(chains[name]));

    private static bool Leads(RuleChain chain)
    {
        foreach (RuleLine line in chain.Rules.AsSpan())
        {
            foreach (RuleStatement statement in line.Statements.AsSpan())
            {
                if (statement is RuleStatement.Go)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True unless all tables give the new identity at least what they gave the old one.</summary>
    public bool Restricts(uint old, uint @new)
    {
        if (!_known.TryGetValue((old, @new), out bool restricts))
        {
            _known[(old, @new)] = restricts = _tables.Any(t => Restricts(t.Old, old, t.New, @new));
        }

        return restricts;
    }

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
