namespace NetPolicy.Enforce.Simulation;

/// <summary>A table while the text is being read.</summary>
internal sealed class NftTableBuilder(NftTable table)
{
    internal NftTable Table { get; } = table;

    internal List<NftChainBuilder> Chains { get; } = [];

    internal Dictionary<string, NftChainBuilder> ChainsByName { get; } = new(StringComparer.Ordinal);

    internal List<NftSetBuilder> Sets { get; } = [];

    internal Dictionary<string, NftSetBuilder> SetsByName { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, int> Counters { get; } = new(StringComparer.Ordinal);

    internal List<string> CounterNames { get; } = [];
}

/// <summary>A chain while the text is being read.</summary>
internal sealed class NftChainBuilder(NftChain chain)
{
    internal NftChain Chain { get; } = chain;

    internal List<NftRule> Rules { get; } = [];
}

/// <summary>A set or map while the text is being read.</summary>
internal sealed class NftSetBuilder(string name, int position)
{
    internal string Name { get; } = name;

    internal int Position { get; } = position;

    internal IReadOnlyList<NftType> KeyTypes { get; set; } = [];

    internal IReadOnlyList<NftType> DataTypes { get; set; } = [];

    internal NftSetFlags Flags { get; set; }

    internal TimeSpan? DefaultTimeout { get; set; }

    internal List<NftElement> Elements { get; } = [];

    internal NftSet? Built { get; set; }
}
