namespace NetPolicy.Benchmarks.Classes;

/// <summary>W3 indexed: 10,000 policies that all select 10,000 pods.</summary>
public class IndexOneNamespace() : IndexBenchmark("W3");
