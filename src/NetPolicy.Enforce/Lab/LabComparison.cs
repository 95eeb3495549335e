using System.Net;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Lab;

/// <summary>Flows judged by the engine and tried with rulesets: interpreted, with injected packets, with real connections.</summary>
/// <param name="World">The cluster and its mapping.</param>
/// <param name="Rulesets">The nft text of each node.</param>
/// <param name="Rows">One for each flow, in the order given.</param>
/// <param name="InterpretedCounters">Packets that the interpreted rules counted, by comment; empty if it was not asked.</param>
/// <param name="KernelCounters">Packets that the kernel's rules counted, by comment; empty if none were sent.</param>
public sealed record LabComparison(
    LabWorld World,
    IReadOnlyDictionary<string, string> Rulesets,
    IReadOnlyList<LabComparisonRow> Rows,
    IReadOnlyDictionary<string, ulong> InterpretedCounters,
    IReadOnlyDictionary<string, ulong> KernelCounters)
{
    /// <summary>Rows whose means disagree with the engine.</summary>
    public IEnumerable<LabComparisonRow> Mismatches => Rows.Where(row => !row.Agrees);

    /// <summary>Compares a snapshot with the rulesets that it compiles to.</summary>
    /// <param name="snapshot">The world.</param>
    /// <param name="flows">What to try.</param>
    /// <param name="options">With what.</param>
    /// <exception cref="LabException">The machine refused.</exception>
    /// <exception cref="NftSyntaxException">A text is no ruleset to the interpreter.</exception>
    public static LabComparison Run(Snapshot snapshot, IEnumerable<FlowRequest> flows, LabComparisonOptions? options = null)
    {
        FlowRequest[] all = [.. flows];
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = all });
        SortedDictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach ((string node, CompiledRuleset ruleset) in world.Compile())
        {
            texts.Add(node, NftWriter.Write(ruleset));
        }

        return Run(world, texts, all, options);
    }

    /// <summary>Compares a snapshot with rulesets given as text.</summary>
    /// <param name="world">The mapped snapshot.</param>
    /// <param name="rulesets">The nft text of each node under test.</param>
    /// <param name="flows">What to try.</param>
    /// <param name="options">With what.</param>
    /// <exception cref="LabException">The machine refused.</exception>
    /// <exception cref="NftSyntaxException">A text is no ruleset to the interpreter.</exception>
    public static LabComparison Run(
        LabWorld world, IReadOnlyDictionary<string, string> rulesets, IEnumerable<FlowRequest> flows, LabComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(rulesets);
        ArgumentNullException.ThrowIfNull(flows);
        options ??= LabComparisonOptions.Default;
        List<LabComparisonRow> rows = [];
        List<(int Row, LabMapping Mapping)> tried = [];
        foreach (FlowRequest request in flows)
        {
            if (!world.Snapshot.TryResolve(request, out Flow flow, out string? whyNot))
            {
                rows.Add(new LabComparisonRow(request, default, whyNot));
                continue;
            }

            Evaluation engine = world.Snapshot.Evaluate(flow);
            if (!world.TryMap(flow, out LabMapping? mapping, out whyNot))
            {
                rows.Add(new LabComparisonRow(request, engine, whyNot));
                continue;
            }

            tried.Add((rows.Count, mapping));
            rows.Add(new LabComparisonRow(request, engine, null));
        }

        LabComparison comparison = new(world, rulesets, rows, EmptyCounters, EmptyCounters);
        if (world.Topology.Nodes.Count == 0)
        {
            return comparison;
        }

        if (options.Means.HasFlag(LabMeans.Interpreter))
        {
            comparison = comparison with { InterpretedCounters = Interpret(comparison, rows, tried) };
        }

        if (options.Means.HasFlag(LabMeans.Packets))
        {
            comparison = comparison with { KernelCounters = Inject(comparison, rows, tried, options.Lab) };
        }

        if (options.Means.HasFlag(LabMeans.Sockets))
        {
            Connect(comparison, rows, tried, options.Lab);
        }

        return comparison;
    }

    private static SortedDictionary<string, ulong> EmptyCounters => new(StringComparer.Ordinal);

    private static IReadOnlyDictionary<string, ulong> Interpret(LabComparison comparison, List<LabComparisonRow> rows, List<(int Row, LabMapping Mapping)> tried)
    {
        LabInterpreter interpreter = new(
            comparison.World.Topology,
            comparison.Rulesets.ToDictionary(pair => pair.Key, pair => NftRuleset.Parse(pair.Value), StringComparer.Ordinal));
        foreach ((int row, LabMapping mapping) in tried)
        {
            List<LabResult> results = [];
            string? rule = null;
            bool passed = true;
            foreach (LabPath path in mapping.Paths)
            {
                IPEndPoint? backend = path.Backend is null ? null : BackendOf(path);
                foreach (LabLeg leg in path.Legs)
                {
                    LabWalk walk = interpreter.Run(leg.Probe, backend);
                    results.Add(walk.Result);
                    rule = passed ? walk.Rule ?? rule : rule;
                    passed &= walk.Result.Passed;
                }
            }

            rows[row] = rows[row] with { Interpreter = mapping.Judge(results), Rule = rule };
        }

        return interpreter.ReadCounters();
    }

    private static IPEndPoint? BackendOf(LabPath path) =>
        path.Backend is { } backend ? new IPEndPoint(IPAddress.Parse(backend.Address.ToString()), backend.Port) : null;

    private static IReadOnlyDictionary<string, ulong> Inject(
        LabComparison comparison, List<LabComparisonRow> rows, List<(int Row, LabMapping Mapping)> tried, LabOptions options)
    {
        using PacketLab lab = PacketLab.Build(comparison.World.Topology, options);
        foreach ((string node, string text) in comparison.Rulesets)
        {
            lab.LoadRuleset(node, text);
        }

        IReadOnlyList<LabResult> results = lab.Run([.. tried.SelectMany(one => one.Mapping.Probes)]);
        int at = 0;
        foreach ((int row, LabMapping mapping) in tried)
        {
            rows[row] = rows[row] with { Packets = mapping.Judge([.. results.Skip(at).Take(mapping.ProbeCount)]) };
            at += mapping.ProbeCount;
        }

        return lab.ReadCounters();
    }

    // A connection has one way there and back: flows that leave a node to come back translated are left to packets.
    private static void Connect(LabComparison comparison, List<LabComparisonRow> rows, List<(int Row, LabMapping Mapping)> tried, LabOptions options)
    {
        (int Row, LabMapping Mapping)[] fit =
        [
            .. tried.Where(one => one.Mapping.Flow.Protocol.Number is IpProtocol.Tcp or IpProtocol.Udp
                && one.Mapping.Paths.All(path => path.Legs.Count == 1 && HasSockets(comparison.World.Topology, path.Legs[0]))),
        ];
        if (fit.Length == 0)
        {
            return;
        }

        using SocketLab lab = SocketLab.Build(comparison.World.Topology, options);
        foreach ((string node, string text) in comparison.Rulesets)
        {
            lab.LoadRuleset(node, text);
        }

        IReadOnlyList<LabResult> results = lab.Run([.. fit.SelectMany(one => one.Mapping.Probes).Select(probe => probe with { EnterNode = null, EnterInterface = null })]);
        int at = 0;
        foreach ((int row, LabMapping mapping) in fit)
        {
            rows[row] = rows[row] with { Sockets = mapping.Judge([.. results.Skip(at).Take(mapping.ProbeCount)]) };
            at += mapping.ProbeCount;
        }
    }

    private static bool HasSockets(LabTopology topology, LabLeg leg)
    {
        HashSet<IPAddress> outside = [.. topology.Clients.SelectMany(client => client.Addresses)];
        return (leg.Probe.Source.Kind != LabSourceKind.Client || outside.Contains(leg.Probe.SourceAddress!))
            && (leg.Target.Kind != LabPlaceKind.Outside || outside.Contains(leg.Target.Address!));
    }
}
