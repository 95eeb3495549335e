using BenchmarkDotNet.Attributes;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>W5: pairs of an outside address and a pod against 20,000 ordered rules.</summary>
public class EvaluateOrderedRules() : WorldBenchmark("W5")
{
    private const int Pairs = 1_000;
    private readonly Evaluation[] _answers = new Evaluation[Pairs];
    private Flow[] _fresh = [], _known = [];
    private int _seed;

    /// <summary>Draws pairs that nobody has asked about.</summary>
    [IterationSetup(Target = nameof(First))]
    public void Draw() => _fresh = [.. FlowWork.FreshPairs(Stage.Engine.Current, Pairs, ++_seed)];

    /// <summary>A pair for the first time.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void First() => FlowWork.Bulk(Stage.Engine.Current, _fresh, _answers);

    /// <summary>The same pairs again.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void Repeated() => FlowWork.Bulk(Stage.Engine.Current, _known, _answers);

    /// <inheritdoc/>
    protected override void Prepare()
    {
        _known = [.. FlowWork.FreshPairs(Stage.Engine.Current, Pairs, 19)];
        Repeated();
    }
}
