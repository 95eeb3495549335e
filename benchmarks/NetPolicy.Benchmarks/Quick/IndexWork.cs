using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Ports;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Documents in memory to an engine that answers.</summary>
public static class IndexWork
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(4);

    /// <summary>Indexes, and asks one question, so that what is put off until then is counted too.</summary>
    public static PolicyEngine Index(IReadOnlyList<Manifest> manifests)
    {
        PolicyEngine engine = new();
        engine.Apply(new Change.ReplaceAll([.. manifests]));
        Ask(engine.Current, 0);
        return engine;
    }

    /// <summary>One evaluation between two endpoints of a snapshot.</summary>
    public static Evaluation Ask(Snapshot snapshot, int seed)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Flow flow = new()
        {
            Source = FlowEnd.OfEndpoint(EndpointNear(snapshot, seed)),
            Destination = FlowEnd.OfEndpoint(EndpointNear(snapshot, seed + (snapshot.Cluster.SelectableSlots / 2))),
            Protocol = Protocol.Tcp,
            Port = 8080,
        };
        return snapshot.Evaluate(flow);
    }

    // By place: the lists of a cluster are made anew for each snapshot that is asked for them.
    private static int EndpointNear(Snapshot snapshot, int place)
    {
        int slots = snapshot.Cluster.SelectableSlots;
        for (int i = 0; i < slots; i++)
        {
            if (snapshot.Cluster.SelectableList[(place + i) % slots] is Endpoint { IsWorkload: true } endpoint)
            {
                return endpoint.Index;
            }
        }

        throw new InvalidOperationException("a world without endpoints");
    }

    /// <summary>Median time of indexing a stage's world, bytes allocated by it, and bytes retained when the documents are released.</summary>
    public static Measurement Measure(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        WarmUp(stage);
        long before = Meter.Live();
        World world = stage.World;
        long documents = Meter.Live() - before;
        (int pods, int policies) = (world.Pods, world.Policies);
        PolicyEngine? engine = null;
        Measurement measurement = Meter.Runs(5, Enough, () => engine = null, () => engine = Index(world.Manifests));
        world = null!;
        stage.ReleaseDocuments();
        long retained = Meter.Live() - before;
        stage.Take(engine);
        return measurement with
        {
            Retained = retained,
            Note = $"{Units.Bytes((double)retained / pods)} per pod, {Units.Bytes((double)retained / policies)} per policy; the documents alone {Units.Bytes(documents)}",
        };
    }

    /// <summary>Bytes that stay reachable after indexing, documents released.</summary>
    public static long Retained(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        long before = Meter.Live();
        PolicyEngine engine = stage.Engine;
        stage.ReleaseDocuments();
        long retained = Meter.Live() - before;
        GC.KeepAlive(engine);
        return retained;
    }

    private static void WarmUp(Stage stage)
    {
        World small = stage.SmallWorld;
        Meter.Repeat(TimeSpan.FromSeconds(0.5), 20, () => Index(small.Manifests));
    }
}
