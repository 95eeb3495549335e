using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Operations of the transaction that is being put together.</summary>
internal sealed class Operations
{
    private readonly List<RuleOperation> _operations = [];

    public int Count => _operations.Count;

    public void Add(RuleOperation operation) => _operations.Add(operation);

    public RuleTransaction Transaction(string table) => new(table, [.. _operations]);

    /// <summary>Sets and maps with their elements.</summary>
    public void Load(RuleTable table)
    {
        foreach (IdentityMap map in table.Identities)
        {
            Load(map);
        }

        foreach (RuleSet set in table.Sets)
        {
            Load(set);
        }

        // Elements name chains, and chains name maps: first all of both without content.
        foreach (RuleMap map in table.Maps)
        {
            Add(new RuleOperation.AddMap(map));
        }
    }

    public void Load(IdentityMap map)
    {
        Add(new RuleOperation.AddIdentityMap(map));
        if (map.Elements.Count > 0)
        {
            Add(new RuleOperation.AddIdentities(map));
        }
    }

    public void Load(RuleSet set)
    {
        Add(new RuleOperation.AddSet(set));
        if (set.Elements.Count > 0)
        {
            Add(new RuleOperation.AddSetElements(set));
        }
    }

    /// <summary>Chains, then the elements of maps that lead to them, then the rules.</summary>
    public void Load(IReadOnlyCollection<RuleChain> chains, IEnumerable<RuleMap> maps)
    {
        foreach (RuleChain chain in chains)
        {
            Add(new RuleOperation.AddChain(chain.Name, chain.Hook));
        }

        foreach (RuleMap map in maps)
        {
            if (map.Elements.Count > 0)
            {
                Add(new RuleOperation.AddMapElements(map));
            }
        }

        foreach (RuleChain chain in chains)
        {
            Fill(chain);
        }
    }

    /// <summary>The rules of a chain.</summary>
    public void Fill(RuleChain chain)
    {
        foreach (RuleLine line in chain.Rules)
        {
            Add(new RuleOperation.AddRule(chain.Name, line));
        }
    }

    /// <summary>Other rules for a chain that is there.</summary>
    public void Rewrite(RuleChain chain)
    {
        Add(new RuleOperation.FlushChain(chain.Name));
        Fill(chain);
    }

    /// <summary>Deletes what only refers to each other.</summary>
    public void Delete(IReadOnlyCollection<string> chains, IReadOnlyCollection<string> maps, IReadOnlyCollection<string> sets)
    {
        foreach (string chain in chains)
        {
            Add(new RuleOperation.FlushChain(chain));
        }

        foreach (string map in maps)
        {
            Add(new RuleOperation.DeleteMap(map));
        }

        foreach (string set in sets)
        {
            Add(new RuleOperation.DeleteSet(set));
        }

        foreach (string chain in chains)
        {
            Add(new RuleOperation.DeleteChain(chain));
        }
    }
}
