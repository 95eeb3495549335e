using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Takes back what transactions have loaded that nothing reaches.</summary>
internal static class Preparation
{
    /// <summary>The transaction that takes preparations back; null if there is nothing to take back, or they did more than to add.</summary>
    /// <param name="done">Transactions that were run, in their order.</param>
    public static RuleTransaction? TakeBack(IEnumerable<RuleTransaction> done)
    {
        List<string> chains = [], maps = [], sets = [];
        Operations operations = new();
        string table = "";
        foreach (RuleTransaction transaction in done)
        {
            table = transaction.Table;
            if (!transaction.Bridge.IsEmpty)
            {
                return null;
            }

            foreach (RuleOperation operation in transaction.Operations)
            {
                switch (operation)
                {
                    case RuleOperation.AddTable:
                    case RuleOperation.AddRule add when chains.Contains(add.Chain):
                    case RuleOperation.AddMapElements elements when maps.Contains(elements.Elements.Name):
                    case RuleOperation.AddIdentities identities when maps.Contains(identities.Elements.Name):
                    case RuleOperation.AddSetElements members when sets.Contains(members.Elements.Name):
                        break;
                    case RuleOperation.AddChain { Hook: null } add:
                        chains.Add(add.Name);
                        break;
                    case RuleOperation.AddMap add:
                        maps.Add(add.Map.Name);
                        break;
                    case RuleOperation.AddIdentityMap add:
                        maps.Add(add.Map.Name);
                        break;
                    case RuleOperation.AddSet add:
                        sets.Add(add.Set.Name);
                        break;
                    case RuleOperation.AddMapElements add:
                        operations.Add(new RuleOperation.DeleteMapElements(add.Elements));
                        break;
                    case RuleOperation.AddIdentities add:
                        operations.Add(new RuleOperation.DeleteIdentities(add.Elements));
                        break;
                    case RuleOperation.AddSetElements add:
                        operations.Add(new RuleOperation.DeleteSetElements(add.Elements));
                        break;
                    default:
                        return null;
                }
            }
        }

        operations.Delete(chains, maps, sets);
        return operations.Count == 0 ? null : operations.Transaction(table);
    }
}
