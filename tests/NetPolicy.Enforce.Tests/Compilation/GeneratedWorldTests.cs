using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

public sealed class GeneratedWorldTests
{
    private static readonly SortedDictionary<string, WorldShape> s_shapes = new(StringComparer.Ordinal)
    {
        ["kubernetes"] = WorldShape.KubernetesOnly,
        ["calico"] = WorldShape.CalicoOnly with { Http = false },
        ["mixed"] = WorldShape.Mixed,
        ["hosts"] = WorldShape.HostEndpoints,
        ["tiers"] = WorldShape.ClusterAndKubernetes,
        ["tiers of all"] = WorldShape.HostEndpoints with { Cluster = true },
    };

    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Interpreted_rules_decide_as_the_engine(string shape) => Hold(shape, First(shape), Count(60), 60, LabMeans.Interpreter);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rules_in_the_kernel_decide_as_the_engine(string shape)
    {
        Kernel.RequireLab();
        Hold(shape, First(shape) + 1000, Count(8), 150, LabMeans.Interpreter | LabMeans.Packets);
    }

    private static ulong First(string shape) => (ulong)s_shapes.Keys.ToList().IndexOf(shape) * 1_000_000;

    private static int Count(int worlds) =>
        int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_LAW_WORLDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : worlds;

    private static void Hold(string shape, ulong first, int worlds, int flows, LabMeans means)
    {
        int tried = 0, denied = 0, compiled = 0;
        List<string> wrong = [];
        for (ulong seed = first; seed < first + (ulong)worlds; seed++)
        {
            Case @case = Any.Make(seed, s_shapes[shape], flows);
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, (@case.Choices with { HostInputDrops = false }).ToEngine());
            bool isKernel = means.HasFlag(LabMeans.Packets);
            FlowRequest[] requests = [.. @case.Flows.Select((f, i) => WithSourcePort(snapshot, f, i)).Where(f => CanBeTried(snapshot, f, isKernel))];

            // Each world both ways: as tables where they hold, and all in order.
            foreach (int maxElements in (ReadOnlySpan<int>)[EnforcementOptions.Default.MaxTableElements, 0])
            {
                LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = requests });
                CompiledRuleset[] rulesets =
                [
                    .. world.Topology.Nodes.Select(n => RulesetCompiler.Compile(snapshot, n.Name, new EnforcementOptions { MaxTableElements = maxElements })),
                ];
                if (rulesets.Any(r => r.HasErrors))
                {
                    // Workload endpoints on one interface.
                    Assert.All(rulesets.SelectMany(r => r.Diagnostics).Where(d => d.Severity == DiagnosticSeverity.Error), d => Assert.Equal("NP4007", d.Id));
                    continue;
                }

                compiled++;
                LabComparison comparison = LabComparison.Run(
                    world, rulesets.ToDictionary(r => r.Node, r => NftWriter.Write(r)), requests, new LabComparisonOptions { Means = means });
                tried += comparison.Rows.Count(r => r.IsTried);
                denied += comparison.Rows.Count(r => r.IsTried && r.Interpreter?.Verdict == Verdict.Deny);
                wrong.AddRange(comparison.Mismatches.Select(r => Describe(seed, maxElements, r)));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{shape}: {compiled} rulesets of {2 * worlds}, {tried} flows tried, {denied} denied"));
        Assert.True(wrong.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{wrong.Count} of {tried}\n") + string.Join('\n', wrong.Take(15)));
        Assert.True(denied > 0 && denied < tried);
    }

    // A packet has a source port, said or not. Several backends need several.
    private static FlowRequest WithSourcePort(Snapshot snapshot, FlowRequest request, int index) =>
        request.Port is null || request.SourcePort is not null || (snapshot.TryResolve(request, out Flow flow, out _) && snapshot.Evaluate(flow).Backend is not null)
            ? request
            : request with { SourcePort = 40000 + index };

    /// <summary>Leaves out what differs for reasons other than rules; neighbour discovery passes so that IPv6 works at all.</summary>
    private static bool CanBeTried(Snapshot snapshot, FlowRequest request, bool isKernel)
    {
        if (!snapshot.TryResolve(request, out Flow flow, out _)
            || flow.Source.Kind == FlowEndKind.HostNetworkPod || flow.Destination.Kind == FlowEndKind.HostNetworkPod
            || (flow.Protocol == Protocol.IcmpV6 && flow.IcmpType is (>= 130 and <= 136) or 143)
            || flow.InInterface == "lo" || flow.OutInterface == "lo"
            || IsUnknownPod(snapshot, flow.Source) || IsUnknownPod(snapshot, flow.Destination))
        {
            return false;
        }

        // A pod that comes back to itself, or a node to its pod, by way of another node; Services that nobody translates.
        Evaluation engine = snapshot.Evaluate(flow);
        if (engine.Ingress.Reason is DecisionReason.Unreachable or DecisionReason.Self || (engine.Ingress.Reason == DecisionReason.OwnNode && engine.Backend is not null))
        {
            return false;
        }

        if (engine.Backend is not null && flow.SourcePort is null && LooksAtSourcePorts(snapshot))
        {
            return false;
        }

        // Through a Service one packet ends at one backend, whose kernel may take the answer's way back for a wrong one.
        if (isKernel && engine.Backend is not null && (flow.SourcePort is not null || flow.Source.Kind == FlowEndKind.Node || IsNode(snapshot, flow.Source)))
        {
            return false;
        }

        // Addresses that no router forwards, and a protocol whose checksums the lab does not make.
        return !isKernel || (flow.Protocol != Protocol.UdpLite && IsRoutable(flow.Source) && IsRoutable(flow.Destination));
    }

    private static bool LooksAtSourcePorts(Snapshot snapshot) =>
        snapshot.Policies.SelectMany(p => p.Ingress.Concat(p.Egress)).SelectMany(r => r.Alternatives).Any(a => (a.Source.Ports ?? a.Source.NotPorts) is not null);

    private static bool IsNode(Snapshot snapshot, FlowEnd end) => end.Kind == FlowEndKind.Address && snapshot.Cluster.Nodes.Any(n => n.Addresses.Contains(end.Address));

    private static bool IsUnknownPod(Snapshot snapshot, FlowEnd end) =>
        end.Kind == FlowEndKind.Address
        && snapshot.Cluster.Nodes.Any(n => n.PodRanges.Any(r => r.Contains(end.Address)))
        && !snapshot.Cluster.Endpoints.Any(e => e.Addresses.Contains(end.Address));

    private static bool IsRoutable(FlowEnd end) => end.Kind != FlowEndKind.Address || (end.Address.Family == IpFamily.IPv4
        ? (uint)(end.Address.Value >> 24) is not 0 and not 127 and < 224
        : end.Address.Value > 1 && (uint)(end.Address.Value >> 120) != 0xff);

    private static string Describe(ulong seed, int maxElements, LabComparisonRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {seed}, {(maxElements == 0 ? "ordered" : "tables")}: {row.Request}: engine {row.Engine.Verdict} egress {row.Engine.Egress.Reason} {row.Engine.Egress.Rule} ingress {row.Engine.Ingress.Reason} {row.Engine.Ingress.Rule}, interpreter {row.Interpreter}, kernel {row.Packets}, rule {row.Rule}");
}
