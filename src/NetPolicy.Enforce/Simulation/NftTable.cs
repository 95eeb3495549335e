using System.Text;

namespace NetPolicy.Enforce.Simulation;

/// <summary>A table of a parsed ruleset.</summary>
public sealed class NftTable
{
    internal NftTable(NftFamily family, string name)
    {
        Family = family;
        Name = name;
    }

    /// <summary>Which packets it sees.</summary>
    public NftFamily Family { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whether its base chains are switched off (<c>flags dormant</c>).</summary>
    public bool IsDormant { get; internal set; }

    /// <summary>The chains in the order of declaration.</summary>
    public IReadOnlyList<NftChain> Chains { get; internal set; } = [];

    /// <summary>The named sets and maps in the order of declaration.</summary>
    public IReadOnlyList<NftSet> Sets { get; internal set; } = [];

    /// <summary>The names of named counters in the order of declaration.</summary>
    public IReadOnlyList<string> Counters { get; internal set; } = [];

    internal bool Sees(PacketFamily family) => Family switch
    {
        NftFamily.Inet => true,
        NftFamily.IPv4 => family == PacketFamily.IPv4,
        NftFamily.IPv6 => family == PacketFamily.IPv6,
        NftFamily.Bridge => true,
        _ => throw new InvalidOperationException($"table family {Family}"),
    };

    /// <summary>Canonical text; objects sorted by name, because their order means nothing except
    /// that of base chains of equal priority.</summary>
    internal string Describe()
    {
        StringBuilder text = new();
        text.Append("table ").Append(Family).Append(' ').Append(Name).Append(IsDormant ? " dormant\n" : "\n");
        foreach (string counter in Counters.Order(StringComparer.Ordinal))
        {
            text.Append("counter ").Append(counter).Append('\n');
        }

        foreach (NftSet set in Sets.OrderBy(set => set.Name, StringComparer.Ordinal))
        {
            text.Append(set.Describe());
        }

        foreach (NftChain chain in Chains.OrderBy(chain => chain.Name, StringComparer.Ordinal))
        {
            text.Append(chain.Describe());
        }

        foreach (IGrouping<(Hook, int), NftChain> peers in Chains.Where(chain => chain.Base is not null).GroupBy(chain => (chain.Base!.Hook, chain.Base.Priority)))
        {
            if (peers.Count() > 1)
            {
                text.Append("order ").AppendJoin(", ", peers.Select(chain => chain.Name)).Append('\n');
            }
        }

        return text.ToString();
    }
}
