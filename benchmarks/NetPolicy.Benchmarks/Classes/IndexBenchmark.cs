using BenchmarkDotNet.Attributes;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>Documents in memory to an engine that answers.</summary>
/// <param name="world">The world's name.</param>
[RetainedColumn]
public abstract class IndexBenchmark(string world) : WorldBenchmark(world)
{
    /// <summary>Indexes everything.</summary>
    [Benchmark]
    public PolicyEngine Index() => IndexWork.Index(Stage.World.Manifests);

    /// <inheritdoc/>
    protected override void Prepare() => _ = Stage.World;
}
