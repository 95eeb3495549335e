namespace NetPolicy.Spec;

/// <summary>Names and their addresses, as far as documents of kind <c>DomainNames</c> tell them (Cluster 2.5).</summary>
internal sealed class DomainNameSpec(IReadOnlyList<SpecDocument> documents)
{
    private readonly List<(string Name, List<SpecAddress> Addresses)> known =
    [
        .. documents.Where(document => document.Kind == "DomainNames")
            .SelectMany(document => document.Node["names"].Fields)
            .Select(entry => (Plain(entry.Key), entry.Value.Texts().Select(SpecAddress.Parse).ToList())),
    ];

    /// <summary>True if the address is one of a name that the pattern matches.</summary>
    public bool Matches(string pattern, SpecAddress address) =>
        known.Any(entry => NameMatches(Plain(pattern), entry.Name) && entry.Addresses.Contains(address));

    /// <summary>Cluster 2.5: a name matches exactly itself, <c>*.</c> one or more extra labels and not the rest itself.</summary>
    private static bool NameMatches(string pattern, string name) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? name.EndsWith(pattern[1..], StringComparison.Ordinal) && name.Length > pattern.Length - 1
        : name == pattern;

    private static string Plain(string name) => name.ToLowerInvariant().TrimEnd('.');
}
