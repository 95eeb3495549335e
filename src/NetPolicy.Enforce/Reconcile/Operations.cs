using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Operations of the transaction that is being put together.</summary>
internal sealed class Operations
{
    private const int Piece = 5000;

    private readonly List<RuleOperation> _operations = [];

    public int Count => _operations.Count;

    public EquatableArray<RuleOperation> All => [.. _operations];

    public void Add(RuleOperation operation) => _operations.Add(operation);

    public RuleTransaction Transaction(string table) => new(table, [.. _operations]);

    /// <summary>The operations in pieces of some thousand elements, for what nothing reaches yet: one transaction of any size is more than a socket takes.</summary>
    public IEnumerable<RuleTransaction> Transactions(string table)
    {
        List<RuleOperation> piece = [];
        int weight = 0;
        foreach (RuleOperation operation in _operations)
        {
            foreach (RuleOperation part in Parts(operation))
            {
                if (weight >= Piece)
                {
                    yield return new RuleTransaction(table, [.. piece]);
                    piece.Clear();
                    weight = 0;
                }

                piece.Add(part);
                weight += WeightOf(part);
            }
        }

        if (piece.Count > 0)
        {
            yield return new RuleTransaction(table, [.. piece]);
        }
    }

    private static int WeightOf(RuleOperation operation) => operation switch
    {
        RuleOperation.AddIdentities add => add.Elements.Elements.Count,
        RuleOperation.AddMapElements add => add.Elements.Elements.Count,
        RuleOperation.AddSetElements add => add.Elements.Elements.Count,
        _ => 1,
    };

    // Ranges stay together: rbtree and pipapo take a whole set best at once.
    private static IEnumerable<RuleOperation> Parts(RuleOperation operation)
    {
        switch (operation)
        {
            case RuleOperation.AddIdentities { Elements.Elements.Count: > Piece } add when !add.Elements.IsInterval:
                foreach (EquatableArray<(Addresses.IpRange, uint)> part in Pieces(add.Elements.Elements))
                {
                    yield return new RuleOperation.AddIdentities(add.Elements with { Elements = part });
                }

                break;
            case RuleOperation.AddMapElements { Elements.Elements.Count: > Piece } add when !add.Elements.IsInterval:
                foreach (EquatableArray<RuleElement> part in Pieces(add.Elements.Elements))
                {
                    yield return new RuleOperation.AddMapElements(add.Elements with { Elements = part });
                }

                break;
            default:
                yield return operation;
                break;
        }
    }

    private static IEnumerable<EquatableArray<T>> Pieces<T>(EquatableArray<T> elements)
    {
        for (int i = 0; i < elements.Count; i += Piece)
        {
            yield return new EquatableArray<T>(elements.AsSpan().Slice(i, Math.Min(Piece, elements.Count - i)).ToArray());
        }
    }

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
