namespace NetPolicy.Benchmarks.Classes;

/// <summary>W2 indexed: 25,000 namespaces, 75,000 policies, 100,000 pods.</summary>
public class IndexSmallNamespaces() : IndexBenchmark("W2");
