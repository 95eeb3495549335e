using BenchmarkDotNet.Attributes;
using NetPolicy.Engine;
using NetPolicy.Ports;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>Verdicts for random flows between pods.</summary>
[MemoryDiagnoser]
public class EvaluateBenchmarks
{
    private const int Count = 10_000;
    private Snapshot _snapshot = null!;
    private Flow[] _flows = [];
    private Evaluation[] _answers = [];

    /// <summary>Sizes.</summary>
    public static IEnumerable<WorkloadSize> Sizes => Enum.GetValues<PolicyShape>().SelectMany(WorkloadSize.Sweep);

    /// <summary>The workload.</summary>
    [ParamsSource(nameof(Sizes))]
    public WorkloadSize Size { get; set; } = null!;

    /// <summary>Compiles, and draws flows with a fixed seed.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _snapshot = Snapshot.Of(Workload.Of(Size));
        Random random = new(7);
        int endpoints = _snapshot.Cluster.Endpoints.Count;
        _flows =
        [
            .. Enumerable.Range(0, Count).Select(_ => new Flow
            {
                Source = FlowEnd.OfEndpoint(_snapshot.Cluster.Endpoints[random.Next(endpoints)].Index),
                Destination = FlowEnd.OfEndpoint(_snapshot.Cluster.Endpoints[random.Next(endpoints)].Index),
                Protocol = Protocol.Tcp,
                Port = (ushort)random.Next(1, 10_000),
            }),
        ];
        _answers = new Evaluation[Count];
    }

    /// <summary>One flow.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public Evaluation[] Evaluate()
    {
        _snapshot.Evaluate(_flows, _answers);
        return _answers;
    }
}
