namespace NetPolicy.Benchmarks.Classes;

/// <summary>10,000 endpoints and 10,000 policies indexed.</summary>
public class IndexTenThousandPolicies() : IndexBenchmark("10000/10000");
