namespace NetPolicy.Benchmarks.Classes;

/// <summary>50 namespaces of 200 pods, 1,000 policies: the full matrix.</summary>
public class MatrixFiftyByTwoHundred() : MatrixBenchmark("50x200");
