namespace NetPolicy.Benchmarks.Classes;

/// <summary>W1 indexed.</summary>
public class IndexRealProfile() : IndexBenchmark("W1");
