using BenchmarkDotNet.Attributes;
using NetPolicy.Analysis;
using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>10 namespaces of 20 pods, 100 policies, 5 of them removed: the semantic difference.</summary>
public class DiffTenByTwenty() : WorldBenchmark("10x20")
{
    private Snapshot _removed = null!;

    /// <summary>Compares both worlds.</summary>
    [Benchmark]
    public SemanticDiff Diff() => SemanticDiff.Between(Stage.Engine.Current, _removed);

    /// <inheritdoc/>
    protected override void Prepare()
    {
        _removed = Snapshot.Of(WorldCatalog.Make("10x20-removed", Size).Manifests);
        _ = Stage.Engine;
    }
}
