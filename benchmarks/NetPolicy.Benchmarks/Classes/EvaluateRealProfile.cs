using BenchmarkDotNet.Attributes;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>W1: distinct random flows, their ends resolved beforehand, and from addresses as text.</summary>
public class EvaluateRealProfile() : WorldBenchmark("W1")
{
    private const int Flows = 1 << 20, Requests = 1 << 16;
    private readonly Evaluation[] _answers = new Evaluation[1024];
    private Flow[] _flows = [];
    private FlowRequest[] _requests = [];

    /// <summary>A flow of a batch.</summary>
    [Benchmark(OperationsPerInvoke = Flows)]
    public void Resolved() => FlowWork.Bulk(Stage.Engine.Current, _flows, _answers);

    /// <summary>A flow between addresses as text.</summary>
    [Benchmark(OperationsPerInvoke = Requests)]
    public void Text() => FlowWork.FromText(Stage.Engine.Current, _requests);

    /// <inheritdoc/>
    protected override void Prepare()
    {
        _flows = FlowWork.Flows(Stage.Engine.Current, Flows, 5);
        _requests = FlowWork.Requests(Stage.Engine.Current, Requests);
    }
}
