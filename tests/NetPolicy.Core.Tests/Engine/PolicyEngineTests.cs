using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

public class PolicyEngineTests
{
    private const string Cluster = """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: x, labels: {app: a}}
        spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 80, name: http}]}]}
        status: {phase: Running, podIP: 10.0.0.1}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: b, namespace: x, labels: {app: b}}
        spec: {nodeName: n1}
        status: {phase: Running, podIP: 10.0.0.2}
        """;

    private const string Deny = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: deny, namespace: x}
        spec: {podSelector: {matchLabels: {app: a}}}
        """;

    [Fact]
    public void A_flow_of_default_values_is_denied()
    {
        Snapshot snapshot = Snapshot.Of(Read(Cluster));

        Assert.Equal(Verdict.Deny, snapshot.Evaluate(default).Verdict);
        Assert.False(default(Evaluation).IsAllowed);
    }

    [Fact]
    public void A_policy_with_no_ingress_rules_isolates_its_subjects()
    {
        Snapshot snapshot = Snapshot.Of(Read(Cluster, Deny));

        Evaluation evaluation = Evaluate(snapshot, "x/b", "x/a");
        Assert.Equal(Verdict.Deny, evaluation.Verdict);
        Assert.Equal(EndVerdict.None, evaluation.Egress.Verdict);
        Assert.Equal((EndVerdict.Deny, DecisionReason.Isolated, "deny"), (evaluation.Ingress.Verdict, evaluation.Ingress.Reason, evaluation.Ingress.By!.Metadata.Name));
        Assert.True(Evaluate(snapshot, "x/a", "x/b").IsAllowed);
        Assert.True(Evaluate(snapshot, "x/a", "x/a").IsAllowed);
        Assert.True(Evaluate(snapshot, "host:n1", "x/a").IsAllowed);
    }

    [Fact]
    public void Changes_yield_new_snapshots_and_leave_old_ones_as_they_were()
    {
        PolicyEngine engine = new();
        engine.Apply(Read(Cluster).Select(m => new Change.Upsert(m)));
        Snapshot open = engine.Current;

        Delta added = engine.Apply(new Change.Upsert(Read(Deny).Single()));
        Assert.Equal("NetworkPolicy x/deny", Assert.Single(added.Changed.AsEnumerable()).ToString());
        Assert.False(Evaluate(engine.Current, "x/b", "x/a").IsAllowed);
        Assert.True(Evaluate(open, "x/b", "x/a").IsAllowed);
        Assert.True(engine.Current.Revision > open.Revision);

        Delta removed = engine.Apply(new Change.Remove(added.Changed[0]));
        Assert.True(Evaluate(removed.Snapshot, "x/b", "x/a").IsAllowed);
    }

    [Fact]
    public void A_batch_that_changes_nothing_keeps_the_snapshot()
    {
        PolicyEngine engine = new();
        engine.Apply(new Change.ReplaceAll([.. Read(Cluster, Deny)]));
        Snapshot before = engine.Current;

        Delta delta = engine.Apply(
            new Change.Remove(Read(Deny).Single().Id), new Change.Upsert(Read(Deny).Single()), new Change.Remove(new ObjectId("", "Pod", "x", "none")));

        Assert.True(delta.Changed.IsEmpty);
        Assert.Same(before, engine.Current);
    }

    [Fact]
    public void Evaluation_allocates_nothing()
    {
        Snapshot snapshot = Snapshot.Of(Read(Cluster, Deny));
        Assert.True(snapshot.TryResolve(new FlowRequest { From = "x/b", To = "10.0.0.1", Port = 80 }, out Flow byAddress, out _));
        Assert.True(snapshot.TryResolve(new FlowRequest { From = "203.0.113.9", To = "x/b", Port = 80 }, out Flow fromOutside, out _));
        Flow[] flows = [byAddress, fromOutside];
        Evaluation[] answers = new Evaluation[2];

        // What is asked a second time is answered from a table, which is made then.
        for (int i = 0; i < 3; i++)
        {
            snapshot.Evaluate(flows, answers);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            snapshot.Evaluate(flows, answers);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("x/none", "x/a", "TCP", 80, "nothing is called `x/none`")]
    [InlineData("x/a", "host:nowhere", "TCP", 80, "no node is called `nowhere`")]
    [InlineData("x/a", "svc:x/none", "TCP", 80, "no Service is called `x/none`")]
    [InlineData("x/a", "x/b", "TCPP", 80, "`TCPP` is not a protocol")]
    [InlineData("x/a", "x/b", "TCP", 70000, "port 70000")]
    public void A_request_that_means_nothing_says_why(string from, string to, string protocol, int port, string error)
    {
        Snapshot snapshot = Snapshot.Of(Read(Cluster));

        Assert.False(snapshot.TryResolve(new FlowRequest { From = from, To = to, Protocol = protocol, Port = port }, out _, out string? said));
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_part_of_a_request_that_means_nothing_is_named()
    {
        Snapshot snapshot = Snapshot.Of(Read(Cluster, "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: x}, spec: {selector: {app: a}, ports: [{port: 80}]}}", "{apiVersion: v1, kind: Service, metadata: {name: t, namespace: x}, spec: {selector: {app: a}, ports: [{port: 80}]}}"));
        FlowRequest sound = new() { From = "x/a", To = "x/b", Port = 80 };
        foreach ((FlowRequest request, string error) in ((FlowRequest, string)[])
            [(sound with { From = "svc:x/s" }, "a flow cannot come from the Service `svc:x/s`"), (sound with { IpFamily = "5" }, "`5` is not an IP family"),
             (sound with { SourcePort = 65536 }, "source port 65536 is not"), (sound with { IcmpType = 256 }, "ICMP type 256 is not"), (sound with { IcmpCode = -1 }, "ICMP code -1 is not"),
             (sound with { To = "svc:s" }, "no Service is called `s`")])
        {
            Assert.False(snapshot.TryResolve(request, out _, out string? said));
            Assert.Contains(error, said, StringComparison.Ordinal);
        }

        Assert.True(snapshot.TryResolve(sound, out _, out _));
        Assert.Throws<ArgumentNullException>(() => snapshot.TryResolve((string)null!, out _, out _));
        Assert.Throws<ArgumentNullException>(() => snapshot.TryResolve((FlowRequest)null!, out _, out _));
    }

    [Theory]
    [InlineData("10.0.0.9", 0, "10.0.0.9")]
    [InlineData("10.0.0.9", 8080, "10.0.0.9:8080")]
    [InlineData("fd00::9", 0, "[fd00::9]")]
    [InlineData("fd00::9", 8080, "[fd00::9]:8080")]
    public void A_backend_that_nobody_has_is_named_by_its_address(string address, int port, string name) =>
        Assert.Equal(name, Snapshot.Of([]).Describe(new Backend(-1, IpAddress.Parse(address), (ushort)port, true)));

    private static Evaluation Evaluate(Snapshot snapshot, string from, string to)
    {
        Assert.True(snapshot.TryResolve(new FlowRequest { From = from, To = to, Port = 80 }, out Flow flow, out string? error), error);
        return snapshot.Evaluate(flow);
    }

    private static IEnumerable<Manifest> Read(params string[] texts) =>
        texts.SelectMany(text =>
        {
            ManifestReadResult read = ManifestReader.Read(text);
            Assert.Empty(read.Diagnostics.AsEnumerable());
            return read.Manifests.AsEnumerable();
        });
}
