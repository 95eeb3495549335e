using BenchmarkDotNet.Attributes;
using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>One label update against 10,000 selectors.</summary>
public class LabelUpdate() : ChangeBenchmark("selectors")
{
    private ChangePlan _plan = null!;

    /// <summary>A pod's label changes and changes back.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Update() => Run(_plan);

    /// <inheritdoc/>
    protected override void Prepare()
    {
        base.Prepare();
        _plan = Plan(ChangePlan.PodRelabelled);
    }
}
