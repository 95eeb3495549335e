namespace NetPolicy.Benchmarks.Classes;

/// <summary>W1: the full matrix.</summary>
public class MatrixRealProfile() : MatrixBenchmark("W1");
