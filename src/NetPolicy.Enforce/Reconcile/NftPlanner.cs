using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>
/// Plans the change from what is loaded to a ruleset. The new rules are loaded beside the old ones under names of their own; then base chains, which are
/// never deleted, go to the new ones in one transaction; what the old ones leave is deleted later. Ranges become visible to packets a moment after the
/// rules of the same transaction, so that rules never take over in the transaction that brings their maps.
/// </summary>
internal static class NftPlanner
{
    public static NftPlan Plan(CompiledRuleset ruleset, NftTableState? loaded)
    {
        RuleTable table = ruleset.Table;
        if (loaded is null)
        {
            return Fresh(table, []);
        }

        if (loaded.Comment != table.Comment)
        {
            // Shared chains differ with the options: all is made anew, in one transaction. Denials are rules, not policies, so nothing slips through.
            Operations all = new();
            all.Add(new RuleOperation.DeleteTable());
            LoadAll(all, table.Resolve(1, 1, 0), _ => true);
            return new NftPlan(1, [new NftStep(NftStepKind.Change, NftWait.None, all.Transaction(table.Name))]);
        }

        if (loaded.Generation == 0)
        {
            return Fresh(table, Leftovers(loaded, table.Name, 0));
        }

        int next = (loaded.Generation % ruleset.Options.MaxGeneration) + 1;
        return Beside(table, loaded, next);
    }

    private static NftPlan Fresh(RuleTable table, NftStep[] before)
    {
        RuleTable final = table.Resolve(1, 1, 0);
        return new NftPlan(1, [.. before, Load(final, c => c.Hook is null), SwitchTo(final, [])]);
    }

    private static NftPlan Beside(RuleTable table, NftTableState loaded, int next)
    {
        RuleTable final = table.Resolve(next, next, loaded.Generation);
        HashSet<string> present = [.. loaded.Chains];
        HashSet<string> wanted = [.. table.Chains.AsEnumerable().Where(c => c.IsShared).Select(c => c.Name)];
        Operations clean = new();
        clean.Delete(
            [.. loaded.Chains.Where(c => NftTableState.GenerationOf(c) == loaded.Generation || (IsShared(c) && !wanted.Contains(c)))],
            [.. loaded.Maps.Where(m => NftTableState.GenerationOf(m) == loaded.Generation)],
            [.. loaded.Sets.Where(s => NftTableState.GenerationOf(s) == loaded.Generation)]);
        return new NftPlan(
            next,
            [
                .. Leftovers(loaded, table.Name, loaded.Generation),
                Load(final, c => c.Hook is null && !(c.IsShared && present.Contains(c.Name))),
                SwitchTo(final, loaded.BaseChains),
                new NftStep(NftStepKind.Clean, NftWait.Grace, clean.Transaction(table.Name)),
            ]);
    }

    private static void LoadAll(Operations operations, RuleTable table, Func<RuleChain, bool> isWanted)
    {
        operations.Add(new RuleOperation.AddTable(table.Comment));
        operations.Load(table);
        operations.Load([.. table.Chains.Where(isWanted)], table.Maps);
    }

    private static NftStep Load(RuleTable table, Func<RuleChain, bool> isWanted)
    {
        Operations operations = new();
        LoadAll(operations, table, isWanted);
        return new NftStep(NftStepKind.Prepare, NftWait.None, operations.Transaction(table.Name));
    }

    private static NftStep SwitchTo(RuleTable table, List<string> present)
    {
        Operations operations = new();
        foreach (string chain in present)
        {
            operations.Add(new RuleOperation.FlushChain(chain));
        }

        operations.Load([.. table.Chains.Where(c => c.Hook is not null)], []);
        return new NftStep(NftStepKind.Change, NftWait.Settled, operations.Transaction(table.Name));
    }

    // Whatever has neither the live generation nor is shared was left by a change that did not come to its end.
    private static NftStep[] Leftovers(NftTableState loaded, string table, int live)
    {
        Operations operations = new();
        operations.Delete(
            [.. loaded.Chains.Where(c => !IsShared(c) && NftTableState.GenerationOf(c) != live)],
            [.. loaded.Maps.Where(m => NftTableState.GenerationOf(m) != live)],
            [.. loaded.Sets.Where(s => NftTableState.GenerationOf(s) != live)]);
        return operations.Count == 0 ? [] : [new NftStep(NftStepKind.Prepare, NftWait.None, operations.Transaction(table))];
    }

    private static bool IsShared(string chain) =>
        chain.StartsWith("r_", StringComparison.Ordinal) || NftTableState.GenerationOf(chain) == 0;
}
