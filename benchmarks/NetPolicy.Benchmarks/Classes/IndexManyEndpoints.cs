namespace NetPolicy.Benchmarks.Classes;

/// <summary>W6 indexed: 250,000 endpoints, 10,000 policies.</summary>
public class IndexManyEndpoints() : IndexBenchmark("W6");
