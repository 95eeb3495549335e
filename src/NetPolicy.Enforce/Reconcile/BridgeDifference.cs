using NetPolicy.Collections;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>
/// The operations from one table of family <c>bridge</c> to another. All of them are one transaction: elements of sets and maps change in place, chains that say
/// something else are written anew, hooks stay.
/// </summary>
internal static class BridgeDifference
{
    /// <summary>What is loaded, as it was read, is known by its content only: other content is replaced by one transaction.</summary>
    /// <param name="loaded">What is loaded; null for no table.</param>
    /// <param name="wanted">What is wanted; null for no table.</param>
    public static EquatableArray<RuleOperation> Plan(LoadedTable? loaded, RuleTable? wanted)
    {
        if (loaded is not null && wanted is not null && NftTableState.SameContent(loaded, wanted))
        {
            return [];
        }

        Operations operations = new();
        if (loaded is not null)
        {
            operations.Add(new RuleOperation.DeleteTable());
        }

        Make(operations, wanted);
        return operations.All;
    }

    /// <summary>From what is installed to what is wanted.</summary>
    public static EquatableArray<RuleOperation> Plan(RuleTable? installed, RuleTable? wanted)
    {
        Operations operations = new();
        if (wanted is null || installed is null)
        {
            if (installed is not null)
            {
                operations.Add(new RuleOperation.DeleteTable());
            }

            Make(operations, wanted);
        }
        else if (installed != wanted)
        {
            Change(operations, installed, wanted);
        }

        return operations.All;
    }

    private static void Make(Operations operations, RuleTable? wanted)
    {
        if (wanted is not null)
        {
            operations.Add(new RuleOperation.AddTable(wanted.Comment));
            operations.Load(wanted);
            operations.Load(wanted.Chains, wanted.Maps);
        }
    }

    // Sets and maps of the table are always the same ones.
    private static void Change(Operations operations, RuleTable old, RuleTable wanted)
    {
        Dictionary<string, RuleChain> before = old.Chains.AsEnumerable().ToDictionary(c => c.Name, StringComparer.Ordinal);
        HashSet<string> after = [.. wanted.Chains.AsEnumerable().Select(c => c.Name)];
        foreach ((RuleSet from, RuleSet to) in old.Sets.AsEnumerable().Zip(wanted.Sets))
        {
            RuleSet gone = to with { Elements = [.. from.Elements.AsEnumerable().Except(to.Elements)] }, come = to with { Elements = [.. to.Elements.AsEnumerable().Except(from.Elements)] };
            if (!gone.Elements.IsEmpty)
            {
                operations.Add(new RuleOperation.DeleteSetElements(gone));
            }

            if (!come.Elements.IsEmpty)
            {
                operations.Add(new RuleOperation.AddSetElements(come));
            }
        }

        foreach (RuleChain chain in wanted.Chains.AsEnumerable().Where(c => !before.ContainsKey(c.Name)))
        {
            operations.Add(new RuleOperation.AddChain(chain.Name, chain.Hook));
        }

        foreach ((RuleMap from, RuleMap to) in old.Maps.AsEnumerable().Zip(wanted.Maps))
        {
            RuleMap gone = to with { Elements = [.. from.Elements.AsEnumerable().Except(to.Elements)] }, come = to with { Elements = [.. to.Elements.AsEnumerable().Except(from.Elements)] };
            if (!gone.Elements.IsEmpty)
            {
                operations.Add(new RuleOperation.DeleteMapElements(gone));
            }

            if (!come.Elements.IsEmpty)
            {
                operations.Add(new RuleOperation.AddMapElements(come));
            }
        }

        foreach (RuleChain chain in wanted.Chains)
        {
            if (!before.TryGetValue(chain.Name, out RuleChain? known))
            {
                operations.Fill(chain);
            }
            else if (!known.Equals(chain))
            {
                operations.Rewrite(chain);
            }
        }

        operations.Delete([.. before.Keys.Where(name => !after.Contains(name))], [], []);
    }
}
