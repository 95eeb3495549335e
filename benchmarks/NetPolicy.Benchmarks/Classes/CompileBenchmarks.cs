using BenchmarkDotNet.Attributes;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>Documents to a snapshot.</summary>
[MemoryDiagnoser]
public class CompileBenchmarks
{
    private IReadOnlyList<Manifest> _manifests = [];

    /// <summary>Sizes.</summary>
    public static IEnumerable<WorkloadSize> Sizes => Enum.GetValues<PolicyShape>().SelectMany(WorkloadSize.Sweep);

    /// <summary>The workload.</summary>
    [ParamsSource(nameof(Sizes))]
    public WorkloadSize Size { get; set; } = null!;

    /// <summary>Makes the documents.</summary>
    [GlobalSetup]
    public void Setup() => _manifests = Workload.Of(Size);

    /// <summary>Compiles everything.</summary>
    [Benchmark]
    public Snapshot Compile() => Snapshot.Of(_manifests);
}
