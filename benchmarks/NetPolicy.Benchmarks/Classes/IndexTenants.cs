namespace NetPolicy.Benchmarks.Classes;

/// <summary>W4 indexed: 100,000 isolated tenants.</summary>
public class IndexTenants() : IndexBenchmark("W4");
