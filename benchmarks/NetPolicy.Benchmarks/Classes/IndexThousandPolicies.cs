namespace NetPolicy.Benchmarks.Classes;

/// <summary>10,000 endpoints and 1,000 policies indexed.</summary>
public class IndexThousandPolicies() : IndexBenchmark("10000/1000");
