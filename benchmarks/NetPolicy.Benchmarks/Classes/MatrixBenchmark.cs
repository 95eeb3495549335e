using BenchmarkDotNet.Attributes;
using NetPolicy.Analysis;
using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>A snapshot to the full matrix, read to its last connection.</summary>
/// <param name="world">The world's name.</param>
public abstract class MatrixBenchmark(string world) : WorldBenchmark(world)
{
    /// <summary>The full matrix.</summary>
    [Benchmark]
    public Connectivity Matrix() => MatrixWork.Full(Stage.Engine.Current);

    /// <inheritdoc/>
    protected override void Prepare() => _ = Stage.Engine;
}
