using NetPolicy.Analysis.Expectations;
using NetPolicy.Engine;
using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using Xunit;
using static NetPolicy.Enforce.Tests.Lab.Worlds;

namespace NetPolicy.Enforce.Tests.Lab;

public class LabWorldTests
{
    private static readonly Dictionary<string, string> s_noRules = [];

    /// <summary>Ends, and where each path's last packet must come out.</summary>
    public static TheoryData<string, string, int, string> Ways => new()
    {
        { "default/c", "default/a", 80, "default/a:80" },
        { "default/c", "default/b", 80, "default/b:80" },
        { "default/c", "203.0.113.77", 80, "203.0.113.77:80" },
        { "203.0.113.77", "default/b", 80, "default/b:80" },
        { "host:node1", "default/b", 80, "default/b:80" },
        { "host:node1", "host:node2", 80, "node2" },
        { "host:node1", "host:node1", 80, "node1" },
        { "host:bare", "default/a", 80, "default/a:80" },
        { "default/a", "host:bare", 80, "192.0.2.3:80" },
        { "default/c", "svc:default/web", 80, "default/a:8080 default/b:8080" },
        { "default/c", "10.96.0.1", 80, "default/a:8080 default/b:8080" },
        { "host:node2", "10.96.0.1", 80, "default/a:8080 default/b:8080" },
        { "host:bare", "10.96.0.1", 80, "default/a:8080 default/b:8080" },
        { "203.0.113.77", "10.96.0.1", 80, "default/a:8080 default/b:8080" },
        { "203.0.113.77", "svc:default/web", 80, "default/a:8080 default/b:8080" },
        { "203.0.113.77", "198.51.100.1", 80, "default/a:8080 default/b:8080" },
        { "default/c", "198.51.100.2", 80, "198.51.100.2:80 default/d:8080" },
        { "host:node1", "198.51.100.2", 80, "198.51.100.2:80 default/d:8080" },
        { "default/c", "192.0.2.1", 30080, "default/a:8080 default/b:8080" },
        { "default/c", "192.0.2.3", 30081, "192.0.2.3:30081 default/d:8080" },
        { "203.0.113.77", "host:node2", 30080, "default/a:8080 default/b:8080" },
        { "203.0.113.77", "host:bare", 30080, "default/a:8080 default/b:8080" },
        { "host:bare", "host:bare", 30080, "default/a:8080 default/b:8080" },
        { "default/c", "svc:default/direct", 81, "default/a:81 default/b:81" },
    };

    [Theory, MemberData(nameof(Ways))]
    public void A_flow_becomes_packets_that_end_where_the_engine_says(string from, string to, int port, string targets)
    {
        LabWorld world = LabWorld.Of(Of(Nodes));
        Assert.True(world.TryMap(Flow(from, to, port), out LabMapping? mapping, out string? whyNot), whyNot);
        Assert.Equal(targets, string.Join(' ', mapping.Paths.SelectMany(path => path.Legs).Select(leg => Describe(leg.Target))));
    }

    [Fact]
    public void What_a_node_port_sends_on_enters_the_backends_node_by_the_link_between_them()
    {
        LabWorld world = LabWorld.Of(Of("""
            apiVersion: v1
            kind: Pod
            metadata: {name: back, namespace: shop, labels: {b: "2"}}
            spec: {nodeName: n1, hostNetwork: true}
            status: {podIP: 192.168.0.1}
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: n1, annotations: {netpol/interfaces: '{"eth0":["192.168.0.1"]}'}}
            ---
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: h}
            spec: {node: n1, interfaceName: eth1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: svc, namespace: shop}
            spec: {type: NodePort, selector: {b: "2"}, ports: [{port: 81, nodePort: 30084}]}
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: n2, annotations: {netpol/interfaces: '{"eth0":["192.168.0.2"]}'}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: other, namespace: shop}
            spec: {nodeName: n2}
            status: {podIP: 10.0.0.9}
            """));

        // Unsaid, the flow means the guarded interface of n1, which n2 is not behind.
        Assert.False(world.TryMap(Flow("203.0.113.1", "host:n2", 30084), out _, out string? whyNot));
        Assert.Equal("what leaves by `eth0` enters node `n1` by `eth0`", whyNot);
        Assert.False(world.TryMap(Flow("203.0.113.1", "host:n2", 30084) with { InInterface = "eth0" }, out _, out _));
    }

    [Fact]
    public void Packets_of_an_open_cluster_come_out_where_they_must()
    {
        Kernel.RequireLab();
        LabWorld world = LabWorld.Of(Of(Nodes));
        FlowRequest[] flows = [.. Ways.Select(row => Flow(row.Data.Item1, row.Data.Item2, row.Data.Item3))];
        LabComparison comparison = LabComparison.Run(world, s_noRules, flows);
        Assert.All(comparison.Rows, row =>
        {
            Assert.Null(row.WhyNot);
            Assert.Equal(new LabFinding(Verdict.Allow, null), row.Interpreter);
            Assert.Equal(new LabFinding(Verdict.Allow, null), row.Packets);
        });
    }

    [Theory]
    [InlineData("default/a", "default/a", 80, "TCP", "what a pod sends to itself does not leave it")]
    [InlineData("default/a", "172.20.1.1", 80, "TCP", "what a pod sends to itself does not leave it")]
    [InlineData("203.0.113.1", "203.0.113.2", 80, "TCP", "no node under test sees it")]
    [InlineData("host:bare", "203.0.113.2", 80, "TCP", "no node under test sees it")]
    [InlineData("default/lost", "default/a", 80, "TCP", "`default/lost` is on no known node, so nothing enforces its policies")]
    [InlineData("default/a", "svc:default/empty", 80, "TCP", "svc:default/empty has no backend")]
    [InlineData("default/a", "svc:default/web", 81, "TCP", "svc:default/web has no such port")]
    [InlineData("default/c", "198.51.100.1", 80, "TCP", "it comes back to node `node1` from outside with a source of that node's own, which is taken for forged")]
    [InlineData("default/c", "192.0.2.2", 30080, "TCP", "it comes back to node `node1` from outside with a source of that node's own, which is taken for forged")]
    [InlineData("2001:db8:ffff::1", "172.20.1.1", 80, "TCP", "the ends have no address family in common")]
    [InlineData("default/a", "default/b", 0, "ICMP", "the flow has no ICMP type")]
    [InlineData("default/a", "default/b", 0, "ICMPv6", "ICMPv6 is not sent over IPv4")]
    [InlineData("default/a", "default/x", 80, "TCP", "nothing is called `default/x`, expected `namespace/pod`, an address, `host:NODE` or `svc:namespace/name`")]
    public void A_flow_that_packets_cannot_try_says_why(string from, string to, int port, string protocol, string whyNot)
    {
        Assert.False(LabWorld.Of(Of(Nodes)).TryMap(Flow(from, to, port, protocol), out LabMapping? mapping, out string? actual));
        Assert.Null(mapping);
        Assert.Equal(whyNot, actual);
    }

    [Fact]
    public void An_address_of_two_pods_is_not_tried()
    {
        LabWorld world = LabWorld.Of(Of(Nodes.Replace("172.20.1.2", "172.20.1.1", StringComparison.Ordinal)));
        Assert.False(world.TryMap(Flow("default/a", "default/b"), out _, out string? whyNot));
        Assert.Equal("several have address 172.20.1.1", whyNot);
        Assert.True(world.TryMap(Flow("default/a", "default/b") with { IpFamily = "IPv6" }, out _, out _));
    }

    [Fact]
    public void A_second_interface_is_used_where_flows_name_it()
    {
        Snapshot snapshot = Of(Nodes.Replace("""{"eth0":["192.0.2.1","2001:db8::1"]}""", """{"eth0":["192.0.2.1"],"eth1":["198.18.0.1"]}""", StringComparison.Ordinal));
        FlowRequest leaving = Flow("default/a", "198.18.0.9") with { OutInterface = "eth1" };
        FlowRequest arriving = Flow("198.18.0.9", "default/a") with { InInterface = "eth1" };
        LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = [leaving, arriving] });
        Assert.True(world.TryMap(leaving, out _, out _));
        Assert.True(world.TryMap(arriving, out LabMapping? mapping, out _));
        Assert.Equal("eth1", mapping.Paths[0].Legs[0].Probe.EnterInterface);
        Assert.False(world.TryMap(leaving with { OutInterface = null }, out _, out string? whyNot));
        Assert.Equal("198.18.0.9 is behind interface `eth1` of node `node1`", whyNot);
        Assert.False(world.TryMap(arriving with { InInterface = "eth2" }, out _, out whyNot));
        Assert.Equal("node `node1` has no interface `eth2`", whyNot);
    }

    [Fact]
    public void A_node_port_is_entered_by_an_interface_of_the_node_that_translates_it()
    {
        const string outer = """

            ---
            kind: Service
            apiVersion: v1
            metadata: {name: outer}
            spec: {type: NodePort, ports: [{name: p, port: 80, nodePort: 30082}]}
            ---
            kind: EndpointSlice
            apiVersion: discovery.k8s.io/v1
            metadata: {name: outer, labels: {kubernetes.io/service-name: outer}}
            addressType: IPv4
            endpoints: [{addresses: [203.0.113.5]}]
            ports: [{name: p, port: 80}]
            """;
        LabWorld world = LabWorld.Of(Of(Nodes + outer));
        FlowRequest flow = Flow("default/a", "192.0.2.2", 30082);
        Assert.True(world.TryMap(flow with { InInterface = "eth0" }, out _, out string? whyNot), whyNot);
        Assert.False(world.TryMap(flow with { InInterface = "eth1" }, out _, out whyNot));
        Assert.Equal("what leaves by `eth0` enters node `node2` by `eth0`", whyNot);
    }

    [Fact]
    public void A_packet_that_comes_out_elsewhere_is_never_an_answer()
    {
        LabWorld world = LabWorld.Of(Of(Nodes));
        Assert.True(world.TryMap(Flow("default/c", "default/a"), out LabMapping? mapping, out _));
        LabPlace elsewhere = new(LabPlaceKind.Pod, "default/b");
        LabFinding finding = mapping.Judge([new LabResult(mapping.Probes.Single(), LabVerdict.Passed, elsewhere, "node1")]);
        Assert.Equal(Verdict.Undecided, finding.Verdict);
        Assert.False(new LabComparisonRow(Flow("default/c", "default/a"), world.Snapshot.Evaluate(mapping.Flow), null) { Packets = finding }.Agrees);
    }

    [Fact]
    public void Two_backends_are_open_only_if_both_are_reached()
    {
        LabWorld world = LabWorld.Of(Of(Nodes));
        Assert.True(world.TryMap(Flow("default/c", "svc:default/web"), out LabMapping? mapping, out _));
        LabResult At(string pod) => new(mapping.Probes.First(), LabVerdict.Passed, new LabPlace(LabPlaceKind.Pod, pod), "node1");
        LabResult lost = new(mapping.Probes.First(), LabVerdict.Dropped, LabPlace.Nowhere, "node1");
        Assert.Equal(Verdict.Allow, mapping.Judge([At("default/b"), At("default/a")]).Verdict);
        Assert.Equal(Verdict.Deny, mapping.Judge([At("default/b"), lost]).Verdict);
        Assert.Equal(Verdict.Undecided, mapping.Judge([At("default/b"), At("default/b")]).Verdict);
    }

    [Theory]
    [InlineData("functions")]
    [InlineData("three-tier")]
    [InlineData("tenants")]
    [InlineData("zero-trust")]
    [InlineData("host-endpoints")]
    public void Every_flow_of_a_scenario_can_be_tried_and_passes_without_rules(string scenario)
    {
        Kernel.RequireLab();
        foreach (ExpectedWorld expected in Scenario(scenario))
        {
            FlowRequest[] flows = [.. expected.Flows.AsEnumerable().Select(ExpectationRunner.ToRequest).Where(flow => !IsNodePortOfNoFamily(flow))];
            LabWorld world = LabWorld.Of(Snapshot.Of(expected.Manifests), new LabWorldOptions { Flows = flows });
            LabComparison comparison = LabComparison.Run(world, s_noRules, flows);
            Assert.All(comparison.Rows, row =>
            {
                Assert.Null(row.WhyNot);
                Assert.Equal(new LabFinding(Verdict.Allow, null), row.Interpreter);
                Assert.Equal(new LabFinding(Verdict.Allow, null), row.Packets);
            });
        }
    }

    [Fact]
    public void Sockets_answer_in_an_open_cluster()
    {
        Kernel.RequireLab();
        FlowRequest[] flows = [Flow("default/c", "svc:default/web"), Flow("203.0.113.9", "default/a"), Flow("default/a", "203.0.113.9", 53, "UDP"), Flow("host:node2", "default/b")];
        LabComparison comparison = LabComparison.Run(LabWorld.Of(Of(Nodes)), s_noRules, flows, new LabComparisonOptions { Means = LabMeans.Sockets });
        Assert.All(comparison.Rows, row => Assert.Equal(new LabFinding(Verdict.Allow, null), row.Sockets));
    }

    /// <summary>A NodePort dialled by its node's name in a family that its Service does not have: unreachable before any packet is sent.</summary>
    internal static bool IsNodePortOfNoFamily(FlowRequest flow) => flow is { To: "host:node1", Port: 30010 } && flow.From.Contains(':', StringComparison.Ordinal);

    internal static IReadOnlyList<ExpectedWorld> Scenario(string name)
    {
        string folder = Path.Combine(Root, "scenarios", name);
        ManifestReadResult Read(string file) => ManifestReader.ReadPaths([Path.Combine(folder, file)], TextReader.Null);
        ManifestReadResult own = Read("expectations.yaml");
        return [.. own.Manifests.OfType<ExpectationManifest>().SelectMany(expectation => ExpectedWorld.Of(expectation, own.Manifests, Read))];
    }

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "NetPolicy.sln")))
        {
            at = Path.GetDirectoryName(at);
        }

        return at ?? throw new InvalidOperationException("no NetPolicy.sln above the test");
    }

    private static string Describe(LabPlace place) =>
        place.Port is { } port ? FormattableString.Invariant($"{place.Name}:{port}") : place.Name;
}
