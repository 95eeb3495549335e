using System.Text;

namespace NetPolicy.Enforce.Simulation;

/// <summary>A chain of a parsed ruleset.</summary>
public sealed class NftChain
{
    internal NftChain(NftTable table, string name, NftBase? baseChain)
    {
        Table = table;
        Name = name;
        Base = baseChain;
    }

    /// <summary>The table it stands in.</summary>
    public NftTable Table { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The hook it hangs on; null: only reached by jump and goto.</summary>
    public NftBase? Base { get; internal set; }

    /// <summary>The rules in order.</summary>
    public IReadOnlyList<NftRule> Rules => RuleArray;

    internal NftRule[] RuleArray { get; set; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Table.Name} {Name}";

    internal string Describe()
    {
        StringBuilder text = new();
        text.Append("chain ").Append(Name).Append('\n');
        if (Base is not null)
        {
            text.Append("  ").Append(Base).Append('\n');
        }

        foreach (NftRule rule in Rules)
        {
            text.Append("  ").Append(rule.Describe()).Append('\n');
        }

        return text.ToString();
    }
}
