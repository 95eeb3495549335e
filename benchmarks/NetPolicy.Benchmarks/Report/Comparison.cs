namespace NetPolicy.Benchmarks.Report;

/// <summary>A figure that others measured or published, and the row here that has the same shape.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Figure">The figure as it is known.</param>
/// <param name="Seconds">The part of it that the ratio is to; the least where there are several.</param>
/// <param name="Row">Name of a row, or of a process.</param>
/// <param name="Is">What is measured here.</param>
public sealed record Comparison(string Work, string Figure, double Seconds, string Row, string Is)
{
    /// <summary>All.</summary>
    public static IReadOnlyList<Comparison> All { get; } =
    [
        new("full connectivity list, 10 namespaces × 100 pods, 100 policies", "427 s CPU, 5.6 GiB (an analyser); 38 s for a single port (another)", 38, "matrix-10x100-json", "whole process, all ports"),
        new("the same, 50 × 200 pods, 1,000 policies", "not finished in 10 minutes, over 10 GiB", 600, "matrix-50x200-json", "whole process"),
        new("semantic diff, 10 × 20 pods, 100 policies, 5 removed", "18 s CPU", 18, "diff-10x20-json", "whole process"),
        new("index 10,000 endpoints, 1,000 policies", "1.4 s", 1.4, "10000/1000.index", "from documents in memory"),
        new("index 10,000 endpoints, 10,000 policies", "13.7 s, 2.5 GB allocated", 13.7, "10000/10000.index", "from documents in memory"),
        new("index 250,000 endpoints, 10,000 policies", "10.2 s, 956 MiB", 10.2, "W6.index", "from documents in memory"),
        new("25,000 namespaces, 75,000 policies, 100,000 pods", "5.8–6.4 s, 1.5–1.7 GB", 5.8, "W2.index", "from documents in memory"),
        new("10,000 policies that all select 10,000 pods of one namespace", "10.7 s", 10.7, "W3.index", "from documents in memory"),
        new("100,000 isolated tenants", "6.9 s, 402 MB", 6.9, "W4.index", "from documents in memory"),
        new("one evaluation against 19,992 ordered rules, 3,700 sets, 256,000 members", "360 µs at best", 360e-6, "W5.first", "a pair never asked about"),
        new("the same", "360 µs at best", 360e-6, "W5.repeated", "a pair asked about before"),
        new("one label update against 10,000 selectors", "21 ms", 21e-3, "selectors.label-update", "applied, and one flow evaluated"),
    ];
}
