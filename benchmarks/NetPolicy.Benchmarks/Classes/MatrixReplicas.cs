using BenchmarkDotNet.Attributes;
using NetPolicy.Analysis;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Benchmarks.Worlds;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>W1 with more pods of the same workloads: the full matrix.</summary>
[MemoryDiagnoser]
public class MatrixReplicas
{
    private static readonly int[] Factors = [1, 2, 4, 8];
    private Stage _stage = null!;

    /// <summary>The sizes: one, two, four and eight times the replicas.</summary>
    public static IEnumerable<WorldSize> Sizes
    {
        get
        {
            double scale = WorldBenchmark.Sizes.Max(s => s.Scale);
            return Factors.Select(r => new WorldSize(scale, r)).Take(scale < 1 ? 1 : 4);
        }
    }

    /// <summary>The world's size.</summary>
    [ParamsSource(nameof(Sizes))]
    public WorldSize Size { get; set; } = null!;

    /// <summary>Makes and indexes the world.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _stage = new Stage("W1", Size);
        _ = _stage.Engine;
    }

    /// <summary>The full matrix.</summary>
    [Benchmark]
    public Connectivity Matrix() => MatrixWork.Full(_stage.Engine.Current);
}
