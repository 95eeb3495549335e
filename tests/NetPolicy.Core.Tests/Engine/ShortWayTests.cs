using NetPolicy.Addresses;
using NetPolicy.Engine;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Flows that are almost of the kind that tables answer: once there is a table, they must still be judged by what is special about them.</summary>
public sealed class ShortWayTests
{
    private const string Pods = """
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: a, labels: {app: web}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}, status: {podIP: 10.0.0.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: a, labels: {app: db}}, status: {podIP: 10.0.0.2}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: one, namespace: a, labels: {twin: one}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}, status: {podIP: 10.0.0.5}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: two, namespace: a, labels: {twin: two}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8081}]}]}, status: {podIP: 10.0.0.5}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: six, namespace: a, labels: {app: six}}, status: {podIP: 'fd00::6'}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: seven, namespace: a, labels: {app: six}}, status: {podIP: 'fd00::7'}}
        ---

        """;

    [Fact]
    public void A_source_port_is_judged_after_flows_without_one()
    {
        Snapshot snapshot = World("{selector: app == 'web', ingress: [{action: Deny, protocol: TCP, source: {ports: [1000]}}, {action: Allow}]}");
        Flow flow = snapshot.Flow("a/db", "a/web");
        foreach ((ushort? port, bool isAllowed) in ((ushort?, bool)[])[(null, true), (1000, false), (1001, true), (null, true)])
        {
            Assert.Equal(isAllowed, snapshot.Ask(flow with { SourcePort = port }).IsAllowed);
        }
    }

    [Fact]
    public void A_request_of_HTTP_is_judged_after_flows_without_one()
    {
        Snapshot snapshot = World("{selector: app == 'web', ingress: [{action: Allow, http: {methods: [GET], paths: [{exact: /x}]}}]}");
        Flow flow = snapshot.Flow("a/db", "a/web");
        foreach ((string? method, string? path, bool isAllowed) in ((string?, string?, bool)[])[(null, null, true), ("PUT", null, false), (null, "/y", false), ("GET", "/x", true), (null, null, true)])
        {
            Assert.Equal(isAllowed, snapshot.Ask(flow with { HttpMethod = method, HttpPath = path }).IsAllowed);
        }
    }

    [Fact]
    public void Ends_of_one_family_do_not_meet_in_the_other()
    {
        Snapshot snapshot = World("{selector: app == 'web', ingress: [{action: Allow}]}");
        Flow flow = snapshot.Flow("a/six", "a/seven");
        Assert.True(snapshot.Ask(flow).IsAllowed);
        Evaluation four = snapshot.Ask(flow with { Family = IpFamily.IPv4 });
        Assert.Equal((false, DecisionReason.Unreachable), (four.IsAllowed, four.Ingress.Reason));
    }

    [Fact]
    public void An_address_that_is_given_belongs_to_all_its_owners()
    {
        Snapshot snapshot = World("{selector: app == 'web', ingress: [{action: Allow, source: {selector: twin == 'two'}}]}");
        FlowEnd one = FlowEnd.OfEndpoint(snapshot.Cluster.FindEndpoint("a/one")!.Index);
        Flow flow = snapshot.Flow("a/db", "a/web");
        Assert.True(snapshot.Ask(flow with { Source = one }).IsAllowed);
        Assert.True(snapshot.Ask(flow with { Source = one with { Address = IpAddress.Parse("10.0.0.5") } }).IsAllowed);
        Assert.False(snapshot.Ask(flow).IsAllowed);
    }

    [Theory]
    [InlineData(8080, true)]
    [InlineData(8081, true)]
    [InlineData(8082, false)]
    public void Each_owner_of_an_address_has_its_ports_by_name(int port, bool isAllowed)
    {
        Snapshot snapshot = World("{selector: app == 'db', types: [Egress], egress: [{action: Allow, protocol: UDP}, {action: Allow, protocol: TCP, destination: {ports: [http]}}, {action: Deny}]}");
        Assert.Equal(isAllowed, snapshot.Ask("a/db", "a/one", port).IsAllowed);
    }

    private static Snapshot World(string spec) =>
        Snapshot.Of(Question.Read(Pods + $"{{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {{name: p, namespace: a}}, spec: {spec}}}\n"));
}
