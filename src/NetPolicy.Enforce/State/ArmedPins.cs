using NetPolicy.Collections;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.State;

/// <summary>
/// The table of family <c>bridge</c> on trial: its base chains do nothing once the elements of a set have run out. Only a table where there was none can be on trial: which of
/// two would hold cannot hang on one timer without keeping both.
/// </summary>
internal static class ArmedPins
{
    // All that rules may have to judge, tagged frames included.
    private static readonly RuleSet s_set = new(
        "armed", [RuleField.LinkProtocol], [.. ((ulong[])[0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8]).Select(p => new RuleValue.Octets(p))], IsInterval: false);

    private static readonly RuleLine s_guard = new([new RuleStatement.MatchSet(s_set.Fields, s_set.Name, IsNegated: true), new RuleStatement.Go(RuleVerdict.Return)]);

    /// <summary>True if the table is on trial, or was and has not been cleared.</summary>
    public static bool IsOnTrial(LoadedTable? loaded) => loaded?.Timed.Any(t => t.Set.Name == s_set.Name) ?? false;

    /// <summary>The operations that put pins on trial; none if they are loaded already.</summary>
    /// <exception cref="NftException">Others are loaded.</exception>
    public static EquatableArray<RuleOperation> Arm(LoadedTable? loaded, RuleTable? wanted, int seconds)
    {
        if (BridgeDifference.Plan(loaded, wanted).IsEmpty)
        {
            return [];
        }

        if (loaded is not null || wanted is null)
        {
            throw new NftException("what workloads behind bridges may send with changes, and that cannot be on trial: apply without --confirm");
        }

        Operations operations = new();
        operations.Add(new RuleOperation.AddTable(wanted.Comment));
        operations.Add(new RuleOperation.AddTimedSet(s_set));
        operations.Load(wanted);
        operations.Load([.. wanted.Chains.AsEnumerable().Select(c => c.Hook is null ? c : c with { Rules = [s_guard, .. c.Rules] })], wanted.Maps);
        operations.Add(new RuleOperation.AddTimedElements(s_set, seconds));
        return operations.All;
    }

    /// <summary>The operations that make pins on trial final; refused by the kernel if their time has run out.</summary>
    public static EquatableArray<RuleOperation> Confirm()
    {
        Operations operations = new();
        operations.Add(new RuleOperation.DeleteSetElements(s_set));
        foreach (RuleChain hook in PinTable.Hooks())
        {
            operations.Rewrite(hook);
        }

        operations.Add(new RuleOperation.DeleteSet(s_set.Name));
        return operations.All;
    }
}
