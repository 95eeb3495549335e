namespace NetPolicy.Laws.Worlds;

/// <summary>Names that rules may speak of, and what is known of some of them.</summary>
public static class DomainNames
{
    /// <summary>As rules write them.</summary>
    public static string[] Patterns { get; } = ["example.io", "*.example.io", "a.example.io.", "*.a.example.io", "gone.test"];

    /// <summary>The addresses of the names that are known: outside, pods, nodes.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Known { get; } = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["example.io"] = ["203.0.113.1", "2001:db8::1"],
        ["a.example.io"] = ["203.0.113.2", "10.0.0.3"],
        ["b.a.Example.io."] = ["8.8.8.8", "192.168.0.2"],
        ["other.test"] = ["203.0.113.200"],
    };
}
