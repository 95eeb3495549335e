namespace NetPolicy.Benchmarks.Classes;

/// <summary>W5 indexed: 20,000 ordered rules, 3,700 sets, 256,000 members.</summary>
public class IndexOrderedRules() : IndexBenchmark("W5");
