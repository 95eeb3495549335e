namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// A parsed nft ruleset: what the kernel would hold after loading the text into an empty namespace. Immutable, compared by
/// meaning: spelling, order of objects and counter values do not matter.
/// </summary>
public sealed class NftRuleset : IEquatable<NftRuleset>
{
    private readonly Lazy<string> canonical;

    internal NftRuleset(
        IReadOnlyList<NftTable> tables,
        IReadOnlyList<CounterValue> initialCounters,
        IReadOnlyDictionary<(string Table, string Counter), int> namedCounters,
        int limitCount)
    {
        Tables = tables;
        InitialCounters = initialCounters;
        NamedCounters = namedCounters;
        LimitCount = limitCount;
        canonical = new Lazy<string>(() => string.Concat(
            Tables.OrderBy(table => table.Family).ThenBy(table => table.Name, StringComparer.Ordinal).Select(table => table.Describe())));
    }

    /// <summary>The tables in the order of declaration.</summary>
    public IReadOnlyList<NftTable> Tables { get; }

    internal IReadOnlyList<CounterValue> InitialCounters { get; }

    internal IReadOnlyDictionary<(string Table, string Counter), int> NamedCounters { get; }

    internal int LimitCount { get; }

    /// <summary>
    /// Reads a ruleset as <c>nft -f</c> would (table blocks, <c>add</c>, <c>delete</c>, <c>flush</c> commands) or as
    /// <c>nft list ruleset</c> and <c>nft list table</c> of nft 1.0.6 print it.
    /// </summary>
    /// <exception cref="NftSyntaxException">
    /// Something is not understood, or is refused by nft or the kernel (unknown chain or set, wrong type, overlap, jumps nested
    /// too deep). Nothing is skipped.
    /// </exception>
    public static NftRuleset Parse(string text) => new NftParser(text).ParseRuleset();

    /// <summary>The chain of that name, or null.</summary>
    public NftChain? FindChain(string table, string chain) =>
        Tables.FirstOrDefault(candidate => candidate.Name == table)?.Chains.FirstOrDefault(candidate => candidate.Name == chain);

    /// <summary>The set or map of that name, or null.</summary>
    public NftSet? FindSet(string table, string set) =>
        Tables.FirstOrDefault(candidate => candidate.Name == table)?.Sets.FirstOrDefault(candidate => candidate.Name == set);

    /// <summary>The whole meaning as text: equal texts mean equal behaviour. Unequal ones may still behave alike.</summary>
    public string ToCanonicalText() => canonical.Value;

    /// <inheritdoc/>
    public bool Equals(NftRuleset? other) => other is not null && (ReferenceEquals(this, other) || ToCanonicalText() == other.ToCanonicalText());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NftRuleset);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(ToCanonicalText(), StringComparison.Ordinal);
}
