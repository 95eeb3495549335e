using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Ends of flows that no name stands for: an endpoint at one of its addresses, and what is no end at all.</summary>
public sealed class FlowEndTests
{
    private const string World = """
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: a, labels: {app: web}}, status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: WorkloadEndpoint, metadata: {name: machine, namespace: a, labels: {app: machine}}, spec: {node: n1, orchestrator: openstack, workload: machine, endpoint: eth0, interfaceName: cali1, ipNetworks: [10.0.0.8/32, 10.0.0.9/32, 'fd00::9/128'], profiles: [projectcalico-default-allow]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: web, namespace: a}, spec: {selector: {app: web}, clusterIP: 10.96.0.1, ports: [{port: 80}]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: a}, spec: {selector: app == 'web', ingress: [{action: Allow, source: {nets: [10.0.0.9/32, 'fd00::9/128']}}]}}

        """;

    private static readonly Snapshot s_snapshot = Snapshot.Of(Question.Read(World));

    [Theory]
    [InlineData("10.0.0.8", false)]
    [InlineData("10.0.0.9", true)]
    [InlineData("fd00::9", true)]
    public void An_endpoint_speaks_from_the_address_that_is_given(string address, bool isAllowed)
    {
        FlowEnd machine = s_snapshot.Flow("10.0.0.8", "a/web").Source;
        Assert.Equal(FlowEndKind.Address, machine.Kind);
        int index = s_snapshot.Cluster.FindEndpoint("a/machine")!.Index;
        Assert.Equal(isAllowed, s_snapshot.Ask(To("a/web", FlowEnd.OfEndpoint(index) with { Address = IpAddress.Parse(address) })).IsAllowed);
    }

    [Fact]
    public void An_endpoint_at_an_address_does_not_reach_itself_in_the_other_family()
    {
        int index = s_snapshot.Cluster.FindEndpoint("a/web")!.Index;
        FlowEnd four = FlowEnd.OfEndpoint(index) with { Address = IpAddress.Parse("10.0.0.1") };
        Assert.True(s_snapshot.Ask(To("10.0.0.1", four)).IsAllowed);
        Assert.Equal((false, DecisionReason.Unreachable), s_snapshot.Ask(To("fd00::1", four)) is var answer ? (answer.IsAllowed, answer.Ingress.Reason) : default);
    }

    [Fact]
    public void What_is_no_source_is_denied()
    {
        foreach (FlowEnd source in (FlowEnd[])[default, FlowEnd.OfService(0)])
        {
            Assert.Equal((false, DecisionReason.Unreachable), s_snapshot.Ask(To("a/machine", source)) is var answer ? (answer.IsAllowed, answer.Ingress.Reason) : default);
        }

        Assert.False(s_snapshot.Ask(s_snapshot.Flow("a/machine", "a/web") with { Destination = default }).IsAllowed);
    }

    private static Flow To(string to, FlowEnd source) =>
        s_snapshot.Flow("203.0.113.9", to) with { Source = source, Protocol = Protocol.Tcp };
}
