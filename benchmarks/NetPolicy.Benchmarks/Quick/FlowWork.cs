using NetPolicy.Addresses;
using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Engine;
using NetPolicy.Ports;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Flows to verdicts.</summary>
public static class FlowWork
{
    /// <summary>Distinct flows of the bulk rows at full scale.</summary>
    public const int Count = 1 << 20;

    private const int Batch = 1024;

    private const int WarmUps = 2;
    private const int OutsideMet = 2_000;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(4);
    private static readonly int[] Ports = [80, 443, 3000, 5432, 6379, 8080, 8443, 9090, 9200, 15_672];

    /// <summary>Distinct random flows between endpoints, one in five with an outside address at one end.</summary>
    public static Flow[] Flows(Snapshot snapshot, int count, int seed)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Random random = new(seed);
        HashSet<(FlowEnd, FlowEnd, int)> known = new(count);
        Flow[] flows = new Flow[count];
        for (int i = 0; i < count;)
        {
            int kind = random.Next(10);
            FlowEnd source = kind == 0 ? Outside(random) : Endpoint(snapshot, random), destination = kind == 1 ? Outside(random) : Endpoint(snapshot, random);
            int port = random.Next(2) == 0 ? Ports[random.Next(Ports.Length)] : random.Next(1, 65_536);
            if (known.Add((source, destination, port)))
            {
                flows[i++] = new Flow { Source = source, Destination = destination, Protocol = random.Next(20) == 0 ? Protocol.Udp : Protocol.Tcp, Port = (ushort)port };
            }
        }

        return flows;
    }

    /// <summary>Nanoseconds of one flow in bulk, over flows that were never asked before.</summary>
    public static Measurement MeasureBulk(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        Snapshot snapshot = stage.Engine.Current;
        int count = stage.Size.Scale < 1 ? Math.Max(Batch, stage.Size.Of(Count)) : Count;
        Evaluation[] answers = new Evaluation[Batch];
        MeetAll(snapshot, answers);
        for (int seed = 0; seed < WarmUps; seed++)
        {
            Bulk(snapshot, Flows(snapshot, count, 100 + seed), answers);
        }

        Flow[] flows = Flows(snapshot, count, 5);
        Measurement all = Meter.Runs(5, Enough, () => Renew(flows), () => Bulk(snapshot, flows, answers));
        return all with
        {
            Median = all.Median / count,
            Allocated = all.Allocated < 8192 ? 0 : all.Allocated / count,
            Note = System.FormattableString.Invariant($"{count} distinct flows, {100.0 * Allowed(snapshot, flows) / count:0} % allowed"),
        };
    }

    /// <summary>Nanoseconds of one flow whose ends are addresses as text.</summary>
    public static Measurement MeasureText(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        Snapshot snapshot = stage.Engine.Current;
        FlowRequest[] requests = Requests(snapshot, stage.Size.Scale < 1 ? Batch : 100_000);
        Measurement all = Meter.Runs(5, Enough, static () => { }, () => FromText(snapshot, requests));
        return all with { Median = all.Median / requests.Length, Allocated = all.Allocated / requests.Length };
    }

    /// <summary>Each pair once: an outside address that was never asked about, and a pod.</summary>
    public static Measurement MeasureFirst(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        Snapshot snapshot = stage.Engine.Current;
        Flow[] flows = [.. FreshPairs(snapshot, 22_000, 17)];
        Meter.Operations(2_000, TimeSpan.FromSeconds(1), i => snapshot.Evaluate(flows[i]));
        return Meter.Operations(20_000, Enough, i => snapshot.Evaluate(flows[2_000 + i]));
    }

    /// <summary>The same thousand pairs again and again.</summary>
    public static Measurement MeasureRepeated(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        const int Pairs = 1_000, Rounds = 20;
        Snapshot snapshot = stage.Engine.Current;
        Flow[] flows = [.. FreshPairs(snapshot, Pairs, 19)];
        Evaluation[] answers = new Evaluation[Batch];
        Meter.Repeat(TimeSpan.FromSeconds(1), 50, () => Bulk(snapshot, flows, answers));
        Measurement all = Meter.Runs(50, Enough, static () => { }, () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                Bulk(snapshot, flows, answers);
            }
        });
        return all with { Median = all.Median / (Pairs * Rounds), P99 = null, Allocated = all.Allocated < 8192 ? 0 : all.Allocated / (Pairs * Rounds) };
    }

    /// <summary>Random flows between addresses as text.</summary>
    public static FlowRequest[] Requests(Snapshot snapshot, int count)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Random random = new(11);
        string[] addresses = [.. snapshot.Cluster.Endpoints.Select(e => e.Addresses[0].ToString())];
        return
        [
            .. Enumerable.Range(0, count).Select(_ => new FlowRequest
            {
                From = addresses[random.Next(addresses.Length)],
                To = random.Next(10) == 0 ? Outside(random).Address.ToString() : addresses[random.Next(addresses.Length)],
                Port = Ports[random.Next(Ports.Length)],
            }),
        ];
    }

    /// <summary>Resolves and evaluates all.</summary>
    public static void FromText(Snapshot snapshot, ReadOnlySpan<FlowRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (FlowRequest request in requests)
        {
            if (!snapshot.TryResolve(request, out Flow flow, out string? error))
            {
                throw new InvalidOperationException(error);
            }

            snapshot.Evaluate(flow);
        }
    }

    /// <summary>Evaluates all, batch by batch.</summary>
    public static void Bulk(Snapshot snapshot, ReadOnlySpan<Flow> flows, Span<Evaluation> answers)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        while (!flows.IsEmpty)
        {
            int count = Math.Min(flows.Length, answers.Length);
            snapshot.Evaluate(flows[..count], answers);
            flows = flows[count..];
        }
    }

    /// <summary>Pairs of an outside address and a pod, all different.</summary>
    public static IEnumerable<Flow> FreshPairs(Snapshot snapshot, int count, int seed)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Random random = new(seed);
        HashSet<(IpAddress, int)> known = [];
        while (known.Count < count)
        {
            IpAddress outside = OrderedRules.Outside(random);
            FlowEnd pod = Endpoint(snapshot, random);
            if (known.Add((outside, pod.Index)))
            {
                yield return new Flow { Source = FlowEnd.OfAddress(outside), Destination = pod, Protocol = Protocol.Tcp, Port = (ushort)(1024 + random.Next(8192)) };
            }
        }
    }

    // Tables are made for pairs that are met for the first time and the second; whatever is asked of them afterwards finds them. So all pairs meet on one port,
    // and all endpoints meet many outside addresses, other ones than the flows that are measured have.
    private static void MeetAll(Snapshot snapshot, Evaluation[] answers)
    {
        Flow[] flows = new Flow[Batch];
        int filled = 0;
        Random random = new(7);
        FlowEnd[] ends = [.. snapshot.Cluster.Endpoints.Select(e => FlowEnd.OfEndpoint(e.Index))], outside = [.. Enumerable.Range(0, OutsideMet).Select(_ => Outside(random))];
        foreach (Protocol protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp])
        {
            foreach (FlowEnd source in ends)
            {
                foreach (FlowEnd destination in ends)
                {
                    Meet(new Flow { Source = source, Destination = destination, Protocol = protocol, Port = 80 });
                }

                foreach (FlowEnd one in outside)
                {
                    Meet(new Flow { Source = source, Destination = one, Protocol = protocol, Port = 80 });
                    Meet(new Flow { Source = one, Destination = source, Protocol = protocol, Port = 80 });
                }
            }
        }

        void Meet(in Flow flow)
        {
            flows[filled++] = flow;
            if (filled < flows.Length)
            {
                return;
            }

            filled = 0;
            long before;
            do
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                Bulk(snapshot, flows, answers);
            }
            while (GC.GetAllocatedBytesForCurrentThread() != before);
        }
    }

    // Every flow gets its neighbour's destination: other pairs on the same ports, flows that nobody has asked about.
    private static void Renew(Flow[] flows)
    {
        FlowEnd first = flows[0].Destination;
        for (int i = 0; i < flows.Length; i++)
        {
            flows[i] = flows[i] with { Destination = i + 1 < flows.Length ? flows[i + 1].Destination : first };
        }
    }

    private static int Allowed(Snapshot snapshot, Flow[] flows)
    {
        int allowed = 0;
        foreach (ref readonly Flow flow in flows.AsSpan())
        {
            allowed += snapshot.Evaluate(flow).IsAllowed ? 1 : 0;
        }

        return allowed;
    }

    private static FlowEnd Endpoint(Snapshot snapshot, Random random) =>
        FlowEnd.OfEndpoint(snapshot.Cluster.Endpoints[random.Next(snapshot.Cluster.Endpoints.Count)].Index);

    private static FlowEnd Outside(Random random) => FlowEnd.OfAddress(IpAddress.FromIPv4(random.Next(3) switch
    {
        0 => (192u << 24) + (168u << 16) + (uint)random.Next(1 << 16),
        1 => (172u << 24) + (16u << 16) + (uint)random.Next(1 << 20),
        _ => (8u << 24) + (uint)random.Next(1 << 24),
    }));
}
