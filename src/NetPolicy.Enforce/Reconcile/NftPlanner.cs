using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>
/// Plans the change from what is loaded to a ruleset: as little as can be changed without a packet being judged by half of each, and where that is not
/// possible all of it. Then the new rules are loaded beside the old ones under names of their own, base chains, which are never deleted while they are needed,
/// go to the new ones in one transaction, and what the old ones leave is deleted later. Ranges become visible to packets a moment after the rules of the same
/// transaction, so that rules never take over in the transaction that brings their maps.
/// </summary>
internal static class NftPlanner
{
    /// <summary>Plans from what is known by its names only.</summary>
    /// <param name="ruleset">What is wanted.</param>
    /// <param name="loaded">What is loaded; null if there is no table.</param>
    public static (NftPlan Plan, InstalledRules After) Plan(CompiledRuleset ruleset, NftTableState? loaded)
    {
        if (loaded is null)
        {
            return Beside(ruleset, [], [], [], [], 0, default, (_, _) => true);
        }

        bool isSame = loaded.Comment == ruleset.Table.Comment;
        return Beside(
            ruleset, loaded.Chains, loaded.BaseChains, loaded.Maps, loaded.Sets, loaded.Version,
            isSame ? new EpochPair(loaded.Epoch, 0) : default,
            (_, chain) => loaded.Has(chain));
    }

    /// <summary>Plans from what is known to the last element.</summary>
    /// <param name="ruleset">What is wanted.</param>
    /// <param name="installed">What is loaded.</param>
    /// <param name="rows">Rows that are known already.</param>
    public static (NftPlan Plan, InstalledRules After) Plan(CompiledRuleset ruleset, InstalledRules installed, RowCache? rows = null)
    {
        (NftPlan plan, InstalledRules after) = PlanTable(ruleset, installed, rows);
        return (WithBridge(plan, ruleset.Table.Name, BridgeDifference.Plan(installed.Bridge, ruleset.Bridge)), after with { Bridge = ruleset.Bridge });
    }

    /// <summary>The same plan with operations on the table of family <c>bridge</c>, in the transaction by which other rules take over.</summary>
    public static NftPlan WithBridge(NftPlan plan, string table, EquatableArray<RuleOperation> operations)
    {
        if (operations.IsEmpty)
        {
            return plan;
        }

        List<NftStep> steps = [.. plan.Steps];
        int change = steps.FindIndex(s => s.Kind == NftStepKind.Change);
        if (change >= 0)
        {
            steps[change] = steps[change] with { Transaction = steps[change].Transaction with { Bridge = operations } };
        }
        else
        {
            Insert(steps, new NftStep(NftStepKind.Change, NftWait.None, new RuleTransaction(table, []) { Bridge = operations }));
        }

        return plan with { Steps = [.. steps] };
    }

    private static (NftPlan Plan, InstalledRules After) PlanTable(CompiledRuleset ruleset, InstalledRules installed, RowCache? rows)
    {
        if (TableDifference.Plan(installed, ruleset, rows) is { } difference)
        {
            return Minimal(ruleset.Options, difference.Steps, difference.Restricts, difference.After);
        }

        Dictionary<string, RuleChain> chains = installed.Table.Chains.ToDictionary(c => c.Name, StringComparer.Ordinal);
        return Beside(
            ruleset,
            [.. chains.Values.Where(c => c.Hook is null).Select(c => installed.Names[c.Name])],
            [.. chains.Values.Where(c => c.Hook is not null).Select(c => c.Name)],
            [.. installed.Table.Maps.Select(m => installed.Names[m.Name]).Concat(installed.Table.Identities.Select(m => installed.Names[m.Name]))],
            [.. installed.Table.Sets.Select(s => installed.Names[s.Name])],
            installed.Version,
            installed.Options.ConnectionMarkMask == ruleset.Options.ConnectionMarkMask ? installed.Epochs : default,
            (name, chain) => chains.TryGetValue(name, out RuleChain? old) && old.Equals(chain));
    }

    /// <summary>The epoch after one; 0, which trusts no mark, after the last that fits, since the first may still be on connections.</summary>
    public static EpochPair Next(EpochPair epochs, EnforcementOptions options) =>
        options.ConnectionMarkMask == 0 || epochs.Current == 0 ? epochs
            : new EpochPair(epochs.Current < options.MaxEpoch ? epochs.Current + 1 : 0, epochs.Current);

    internal static (NftPlan Plan, InstalledRules After) Minimal(EnforcementOptions options, List<NftStep> steps, bool restricts, InstalledRules after)
    {
        bool renews = steps.Any(s => s.Kind is NftStepKind.Change) && options.EstablishedConnections switch
        {
            EstablishedConnections.Keep => false,
            EstablishedConnections.ReevaluateAlways => true,
            _ => restricts,
        };
        EpochPair next = Next(after.Epochs, options);
        if (renews && next != after.Epochs)
        {
            after = after with { Epochs = next };
            Insert(steps, new NftStep(NftStepKind.Epoch, NftWait.Settled, Epoch(after)));
        }

        if (steps.Count > 0)
        {
            after = StartEpochs(steps, after);
        }

        return (new NftPlan(after.Epochs.Current, [.. steps]), after);
    }

    // Before cleaning, which waits.
    private static void Insert(List<NftStep> steps, NftStep step)
    {
        int clean = steps.FindIndex(s => s.Kind == NftStepKind.Clean);
        steps.Insert(clean < 0 ? steps.Count : clean, step);
    }

    // Connections may carry any epoch, of rules of long ago: while no mark is believed they are swept, then counting starts.
    private static InstalledRules StartEpochs(List<NftStep> steps, InstalledRules after)
    {
        if (after.Options.ConnectionMarkMask == 0 || after.Epochs.Current != 0)
        {
            return after;
        }

        after = after with { Epochs = new EpochPair(1, 0) };
        Insert(steps, new NftStep(NftStepKind.Epoch, NftWait.Swept, Epoch(after)));
        return after;
    }

    /// <summary>The transaction by which connections get marks of the epoch, and only those with it pass unjudged.</summary>
    public static RuleTransaction Epoch(InstalledRules rules)
    {
        Operations operations = new();
        TableResolver resolver = new(rules.Table, name => rules.Names[name], rules.Epochs);
        foreach (RuleChain chain in rules.Table.Chains)
        {
            if (!chain.IsShared && chain.Rules.Any(l => l.Statements.Any(s => s is RuleStatement.MatchGeneration or RuleStatement.SetGeneration)))
            {
                operations.Rewrite(resolver.Resolve(chain));
            }
        }

        return operations.Transaction(rules.Table.Name);
    }

    private static (NftPlan Plan, InstalledRules After) Beside(
        CompiledRuleset ruleset, IReadOnlyCollection<string> chains, IReadOnlyCollection<string> hooks, IReadOnlyCollection<string> maps,
        IReadOnlyCollection<string> sets, int version, EpochPair epochs, Func<string, RuleChain, bool> isSame)
    {
        EpochPair next = ruleset.Options.EstablishedConnections == EstablishedConnections.Keep ? epochs : Next(epochs, ruleset.Options);
        InstalledRules after = InstalledRules.Of(ruleset, version + 1, next);
        RuleTable table = ruleset.Table.Resolve(version + 1, next.Current, next.Previous);
        HashSet<string> present = [.. chains];

        Operations prepare = new();
        prepare.Add(new RuleOperation.AddTable(table.Comment));
        prepare.Load(table);
        prepare.Load([.. table.Chains.Where(c => c.Hook is null && !(c.IsShared && present.Contains(c.Name)))], table.Maps);

        Operations change = new();
        foreach (RuleChain chain in table.Chains)
        {
            if (chain.IsShared && present.Contains(chain.Name) && !isSame(chain.Name, chain))
            {
                change.Rewrite(chain);
            }
        }

        RuleChain[] wanted = [.. table.Chains.Where(c => c.Hook is not null)];
        change.Delete([.. hooks.Where(h => wanted.All(c => c.Name != h))], [], []);
        foreach (RuleChain chain in wanted)
        {
            if (!hooks.Contains(chain.Name))
            {
                change.Add(new RuleOperation.AddChain(chain.Name, chain.Hook));
                change.Fill(chain);
            }
            else
            {
                change.Rewrite(chain);
            }
        }

        HashSet<string> kept = [.. table.Chains.Select(c => c.Name)];
        Operations clean = new();
        clean.Delete([.. chains.Where(c => !kept.Contains(c))], maps, sets);
        List<NftStep> steps =
        [
            .. prepare.Transactions(table.Name).Select(t => new NftStep(NftStepKind.Prepare, NftWait.None, t)),
            new NftStep(NftStepKind.Change, NftWait.None, change.Transaction(table.Name)),
        ];
        if (clean.Count > 0)
        {
            steps.Add(new NftStep(NftStepKind.Clean, NftWait.Grace, clean.Transaction(table.Name)));
        }

        after = StartEpochs(steps, after);
        return (new NftPlan(after.Epochs.Current, [.. steps]), after);
    }
}
