using BenchmarkDotNet.Attributes;
using NetPolicy.Analysis;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks;

/// <summary>A snapshot to the full matrix.</summary>
[MemoryDiagnoser]
public class MatrixBenchmarks
{
    private Snapshot _snapshot = null!;

    /// <summary>Sizes.</summary>
    public static IEnumerable<WorkloadSize> Sizes => WorkloadSize.Sweep(PolicyShape.Selectors);

    /// <summary>The workload.</summary>
    [ParamsSource(nameof(Sizes))]
    public WorkloadSize Size { get; set; } = null!;

    /// <summary>Compiles.</summary>
    [GlobalSetup]
    public void Setup() => _snapshot = Snapshot.Of(Workload.Of(Size));

    /// <summary>The full matrix.</summary>
    [Benchmark]
    public Connectivity Matrix() => Connectivity.Of(_snapshot);
}
