using BenchmarkDotNet.Attributes;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>A snapshot to a node's ruleset as text.</summary>
[MemoryDiagnoser]
public class RenderBenchmarks
{
    private Snapshot _snapshot = null!;

    /// <summary>Sizes.</summary>
    public static IEnumerable<WorkloadSize> Sizes => Enum.GetValues<PolicyShape>().SelectMany(WorkloadSize.Sweep);

    /// <summary>The workload.</summary>
    [ParamsSource(nameof(Sizes))]
    public WorkloadSize Size { get; set; } = null!;

    /// <summary>Compiles.</summary>
    [GlobalSetup]
    public void Setup() => _snapshot = Snapshot.Of(Workload.Of(Size));

    /// <summary>Tables, rules and text.</summary>
    [Benchmark]
    public string Render() => NftWriter.Write(RulesetCompiler.Compile(_snapshot, "node1"));
}
