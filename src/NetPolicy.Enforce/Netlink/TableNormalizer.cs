using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Brings tables whose names are final into the form in which they are read back from the kernel, by writing their messages and reading those.</summary>
internal static class TableNormalizer
{
    /// <summary>The table as it would be read back.</summary>
    /// <exception cref="ArgumentException">The table says what cannot be written.</exception>
    public static LoadedTable Normalize(RuleTable table)
    {
        List<RuleOperation> operations = [new RuleOperation.AddTable(table.Comment)];
        foreach (IdentityMap map in table.Identities)
        {
            operations.Add(new RuleOperation.AddIdentityMap(map));
            operations.Add(new RuleOperation.AddIdentities(map));
        }

        foreach (RuleSet set in table.Sets)
        {
            operations.Add(new RuleOperation.AddSet(set));
            operations.Add(new RuleOperation.AddSetElements(set));
        }

        foreach (RuleMap map in table.Maps)
        {
            operations.Add(new RuleOperation.AddMap(map));
            operations.Add(new RuleOperation.AddMapElements(map));
        }

        foreach (RuleChain chain in table.Chains)
        {
            operations.Add(new RuleOperation.AddChain(chain.Name, chain.Hook));
            foreach (RuleLine line in chain.Rules)
            {
                operations.Add(new RuleOperation.AddRule(chain.Name, line));
            }
        }

        bool isBridge = table.Family == RuleFamily.Bridge;
        using NetlinkWriter bytes = new();
        NetlinkTransaction.Write(bytes, isBridge ? new RuleTransaction(table.Name, []) { Bridge = [.. operations] } : new RuleTransaction(table.Name, [.. operations]), null, []);
        TableAssembler assembler = new(table.Name, table.Family);
        NetlinkMessages messages = new(bytes.Written);
        while (messages.MoveNext())
        {
            if (messages.Type is not (Nf.BatchBegin or Nf.BatchEnd))
            {
                assembler.Take(messages.Type, messages.Attributes);
            }
        }

        return assembler.Finish(generation: 0);
    }
}
