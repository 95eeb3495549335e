using System.Globalization;
using System.Text;
using NetPolicy.Collections;
using NetPolicy.Enforce.Nft;
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
            NftNames names = new(table, 1, previous: 0);
            string all = string.Create(CultureInfo.InvariantCulture, $"delete table inet {table.Name}\n")
                + NftWriter.Begin(table) + NftWriter.Content(names, table, _ => true) + "}\n";
            return new NftPlan(1, [], all, "");
        }

        if (loaded.Generation == 0)
        {
            return Fresh(table, Leftovers(loaded, table.Name, 0) is { Length: > 0 } left ? [left] : []);
        }

        int next = (loaded.Generation % ruleset.Options.MaxGeneration) + 1;
        return Beside(table, loaded, next);
    }

    private static NftPlan Fresh(RuleTable table, string[] before)
    {
        NftNames names = new(table, 1, previous: 0);
        return new NftPlan(1, [.. before, Load(names, table, c => c.Hook is null)], SwitchTo(names, table, []), "");
    }

    private static NftPlan Beside(RuleTable table, NftTableState loaded, int next)
    {
        NftNames names = new(table, next, loaded.Generation);
        HashSet<string> present = [.. loaded.Chains];
        string leftovers = Leftovers(loaded, table.Name, loaded.Generation);
        HashSet<string> wanted = [.. table.Chains.AsEnumerable().Where(c => c.IsShared).Select(c => c.Name)];
        string clean = Delete(
            table.Name,
            [.. loaded.Chains.Where(c => NftTableState.GenerationOf(c) == loaded.Generation || (IsShared(c) && !wanted.Contains(c)))],
            [.. loaded.Maps.Where(m => NftTableState.GenerationOf(m) == loaded.Generation)],
            [.. loaded.Sets.Where(s => NftTableState.GenerationOf(s) == loaded.Generation)]);
        return new NftPlan(
            next,
            [.. leftovers.Length > 0 ? (string[])[leftovers] : [], Load(names, table, c => c.Hook is null && !(c.IsShared && present.Contains(c.Name)))],
            SwitchTo(names, table, loaded.BaseChains),
            clean);
    }

    private static string Load(NftNames names, RuleTable table, Func<RuleChain, bool> isWanted) =>
        NftWriter.Begin(table) + NftWriter.Content(names, table, isWanted) + "}\n";

    private static string SwitchTo(NftNames names, RuleTable table, List<string> present)
    {
        StringBuilder text = new();
        foreach (string chain in present)
        {
            text.Append(CultureInfo.InvariantCulture, $"flush chain inet {table.Name} {chain}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"table inet {table.Name} {{\n")
            .Append(NftWriter.Chains(names, table, c => c.Hook is not null)).Append("}\n").ToString();
    }

    // Whatever has neither the live generation nor is shared was left by a change that did not come to its end.
    private static string Leftovers(NftTableState loaded, string table, int live) => Delete(
        table,
        [.. loaded.Chains.Where(c => !IsShared(c) && NftTableState.GenerationOf(c) != live)],
        [.. loaded.Maps.Where(m => NftTableState.GenerationOf(m) != live)],
        [.. loaded.Sets.Where(s => NftTableState.GenerationOf(s) != live)]);

    private static bool IsShared(string chain) =>
        chain.StartsWith("r_", StringComparison.Ordinal) || NftTableState.GenerationOf(chain) == 0;

    private static string Delete(string table, EquatableArray<string> chains, EquatableArray<string> maps, EquatableArray<string> sets)
    {
        StringBuilder text = new();
        void Each(string verb, string kind, EquatableArray<string> names)
        {
            foreach (string name in names)
            {
                text.Append(CultureInfo.InvariantCulture, $"{verb} {kind} inet {table} {name}\n");
            }
        }

        Each("flush", "chain", chains);
        Each("flush", "map", maps);
        Each("delete", "map", maps);
        Each("delete", "set", sets);
        Each("delete", "chain", chains);
        return text.ToString();
    }
}
