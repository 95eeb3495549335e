using BenchmarkDotNet.Attributes;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Benchmarks.Worlds;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>A benchmark on a world of the catalogue, at an eighth, a quarter, a half and the whole of its size: one, two, four and eight times the smallest.</summary>
/// <param name="world">The world's name.</param>
[MemoryDiagnoser]
public abstract class WorldBenchmark(string world)
{
    private const double SmokeScale = 0.003;
    private static readonly double[] Scales = [0.125, 0.25, 0.5, 1];

    /// <summary>The sizes; the smallest of all in a smoke run.</summary>
    public static IEnumerable<WorldSize> Sizes =>
        Environment.GetEnvironmentVariable(WorkloadSize.SmokeVariable) is null ? Scales.Select(s => new WorldSize(s)) : [new WorldSize(SmokeScale)];

    /// <summary>The world's size.</summary>
    [ParamsSource(nameof(Sizes))]
    public WorldSize Size { get; set; } = null!;

    /// <summary>The world's name.</summary>
    public string WorldName => world;

    /// <summary>The world and what is made of it.</summary>
    protected Stage Stage { get; private set; } = null!;

    /// <summary>Makes the world.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Stage = new Stage(world, Size);
        Prepare();
    }

    /// <summary>Makes what the benchmark starts from.</summary>
    protected abstract void Prepare();
}
