namespace NetPolicy.Benchmarks.Classes;

/// <summary>10 namespaces of 100 pods, 100 policies: the full matrix.</summary>
public class MatrixTenByHundred() : MatrixBenchmark("10x100");
