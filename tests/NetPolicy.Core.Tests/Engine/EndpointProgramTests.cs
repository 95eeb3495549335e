using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>What programs know of their policies, and the indexes that answer for them.</summary>
public sealed class EndpointProgramTests
{
    private const string Pods = """
        {apiVersion: v1, kind: Pod, metadata: {name: one, namespace: x, labels: {app: one}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}, status: {podIP: 10.0.0.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: two, namespace: x, labels: {app: one}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8081}]}]}, status: {podIP: 10.0.0.2}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: x, labels: {app: client}}, status: {podIP: 10.0.0.3}}
        ---

        """;

    private const string Isolating = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: k, namespace: x}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}\n";

    [Fact]
    public void A_policy_counts_beside_a_staged_one_of_its_tier()
    {
        const string staged = "---\n{apiVersion: projectcalico.org/v3, kind: StagedNetworkPolicy, metadata: {name: s, namespace: x}, spec: {order: 1, types: [Ingress]}}\n";
        Snapshot snapshot = Snapshot.Of(Question.Read(Pods + Isolating + staged));
        EndpointProgram program = snapshot.ProgramOf(End(snapshot, "x/one"), PolicyStage.Normal, Direction.Ingress);
        Assert.Equal([false, true], program.Tiers.SelectMany(t => t.Policies).Select(p => p.IsEnforced));
        Assert.True(program.HasEnforcedPolicies);
        EndpointProgram other = Snapshot.Of(Question.Read(Pods + staged[4..])) is var alone ? alone.ProgramOf(End(alone, "x/one"), PolicyStage.Normal, Direction.Ingress) : null!;
        Assert.False(other.HasEnforcedPolicies);
    }

    [Fact]
    public void On_its_way_back_to_itself_through_a_Service_no_side_of_a_pod_asks_namespaced_policies()
    {
        const string service = "---\n{apiVersion: v1, kind: Service, metadata: {name: s, namespace: x}, spec: {selector: {app: client}, clusterIP: 10.96.0.1, ports: [{port: 80}]}}\n";
        Evaluation answer = Snapshot.Of(Question.Read(Pods + Isolating + service)).Ask("x/client", "svc:x/s");
        Assert.True(answer.IsAllowed);
        Assert.Equal((DecisionReason.NoSay, DecisionReason.Self), (answer.Egress.Reason, answer.Ingress.Reason));
    }

    [Fact]
    public void A_program_keeps_the_indexes_of_two_generations_and_shares_their_tables()
    {
        const string policy = "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: x}, spec: {selector: app == 'one', ingress: [{action: Allow, source: {selector: app == 'client'}}, {action: Deny, source: {selector: has(more)}}]}}\n";
        PolicyEngine engine = new();
        engine.Apply(Question.Read(Pods + policy).Select(m => new Change.Upsert(m)));
        Snapshot before = engine.Current;
        EndpointProgram program = before.ProgramOf(End(before, "x/one"), PolicyStage.Normal, Direction.Ingress);
        DecisionIndex first = program.IndexFor(before)!;
        Assert.Same(first, program.IndexFor(before));

        engine.Apply(new Change.Upsert(Question.Read("{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: x, labels: {app: client, more: labels}}, status: {podIP: 10.0.0.4}}")[0]));
        Snapshot after = engine.Current;
        Assert.Same(program, after.ProgramOf(End(after, "x/one"), PolicyStage.Normal, Direction.Ingress));
        DecisionIndex second = program.IndexFor(after)!;
        Assert.NotSame(first, second);
        Assert.Same(second, program.IndexFor(after));
        Assert.Same(first, program.IndexFor(before));

        PeerFacts client = Facts(after, "x/client", "10.0.0.3"), one = Facts(after, "x/one", "10.0.0.1");
        Assert.Same(first.TableOf(before, IpFamily.IPv4, client, one), second.TableOf(after, IpFamily.IPv4, client, one));
        Assert.True(after.Ask("x/new", "x/one").IsAllowed);
    }

    [Theory]
    [InlineData("{action: Allow, protocol: TCP, destination: {ports: [http]}}", 8080, true, false)]
    [InlineData("{action: Allow, protocol: TCP, destination: {ports: [http]}}", 8081, false, true)]
    [InlineData("{action: Allow, protocol: TCP, destination: {notPorts: [http]}}", 8080, false, true)]
    [InlineData("{action: Allow, protocol: TCP, destination: {notPorts: [http]}}", 8081, true, false)]
    public void Ports_by_name_tell_pods_apart_that_no_selector_tells_apart(string rule, int port, bool one, bool two)
    {
        // Without a profile the rule is all that the program has.
        const string client = "{apiVersion: projectcalico.org/v3, kind: WorkloadEndpoint, metadata: {name: machine, namespace: x, labels: {app: machine}}, spec: {node: n1, orchestrator: openstack, workload: machine, endpoint: eth0, interfaceName: cali1, ipNetworks: [10.0.0.9/32], profiles: []}}\n---\n";
        Snapshot snapshot = Snapshot.Of(Question.Read(Pods + client + $"{{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {{name: p, namespace: x}}, spec: {{selector: app == 'machine', types: [Egress], egress: [{rule}]}}}}\n"));
        Assert.Equal((one, two), (snapshot.Ask("10.0.0.9", "x/one", port).IsAllowed, snapshot.Ask("10.0.0.9", "x/two", port).IsAllowed));
    }

    [Fact]
    public void A_policy_of_more_selectors_than_are_searched_one_by_one_follows_its_pods()
    {
        // The policy's second selector excludes; `app == 'client'` belongs to another policy and is none of this one's.
        string rules = string.Join(", ", Enumerable.Range(2, 9).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{action: Deny, source: {{selector: has(k{i})}}}}")));
        string policies = $$"""
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: {selector: app == 'one', ingress: [{action: Deny, source: {selector: has(k0)} }, {action: Deny, protocol: UDP, source: {notSelector: has(k1)} }, {{rules}}, {action: Allow, source: {notSelector: has(k1)} }]} }
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: q}, spec: {selector: app == 'none', ingress: [{action: Allow, source: {selector: app == 'client'} }]} }
            """;
        PolicyEngine engine = new();
        engine.Apply(Question.Read(Pods + policies).Select(m => new Change.Upsert(m)));
        foreach ((string labels, bool isAllowed) in ((string, bool)[])[("app: client", true), ("app: client, k0: x", false), ("app: client, k: x", true), ("k1: x", false), ("app: client, k9: x", false), ("app: client, k: z", true)])
        {
            engine.Apply(new Change.Upsert(Question.Read($"{{apiVersion: v1, kind: Pod, metadata: {{name: client, namespace: x, labels: {{{labels}}}}}, status: {{podIP: 10.0.0.3}}}}")[0]));
            Assert.Equal(isAllowed, engine.Current.Ask("x/client", "x/one").IsAllowed);
        }
    }

    private static Endpoint End(Snapshot snapshot, string name)
    {
        Assert.True(snapshot.TryResolve(name, out FlowEnd end, out string? error), error);
        return (Endpoint)snapshot.Cluster.SelectableAt(end.Index);
    }

    private static PeerFacts Facts(Snapshot snapshot, string name, string address) => new(IpAddress.Parse(address), [End(snapshot, name).Index]);
}
