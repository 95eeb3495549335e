using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Changes of everything that rules can be about reach exactly the answers that they must: after each, the engine answers as one that starts with the same documents.</summary>
public sealed class CompilationTests
{
    private const string World = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: x}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: x, labels: {app: a}}
        spec: {nodeName: n1, serviceAccountName: reader}
        status: {podIP: 10.0.0.1}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: b, namespace: x, labels: {app: b}}
        spec: {nodeName: n2}
        status: {podIP: 10.0.0.2}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n1, labels: {role: front}}
        status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n2, labels: {role: back}}
        status: {addresses: [{type: InternalIP, address: 192.0.2.2}]}
        """;

    private static readonly (string From, string To)[] s_pairs =
        [("x/a", "x/b"), ("x/b", "x/a"), ("x/a", "host:n2"), ("x/b", "host:n1"), ("x/a", "198.51.100.7"), ("x/b", "198.51.100.7"), ("x/a", "203.0.113.9"), ("203.0.113.9", "x/a")];

    [Fact]
    public void The_order_and_default_action_of_tiers_change_under_their_policies()
    {
        PolicyEngine engine = Start("""
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: one.allow}
            spec: {tier: one, selector: app == "a", types: [Ingress], ingress: [{action: Allow}]}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: two.deny}
            spec: {tier: two, selector: app == "a", types: [Ingress], ingress: [{action: Deny}]}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: three.nothing}
            spec: {tier: three, selector: app == "b", types: [Ingress]}
            """);
        Expect(engine, "x/b", "x/a", true);
        Expect(engine, "x/a", "x/b", false);
        Apply(engine, Tier("one", 20), Tier("two", 10), Tier("three", 30, "Deny"));
        Expect(engine, "x/b", "x/a", false);
        Expect(engine, "x/a", "x/b", false);
        Apply(engine, Tier("one", 5));
        Expect(engine, "x/b", "x/a", true);
        Apply(engine, Tier("three", 30, "Pass"));
        Expect(engine, "x/a", "x/b", true);
        Apply(engine, Tier("three", 30, "Deny"));
        Expect(engine, "x/a", "x/b", false);
        Remove(engine, "Tier three");
        Remove(engine, "Tier one");
        Expect(engine, "x/b", "x/a", false);
        Apply(engine, Tier("one", 5));
        Remove(engine, "Tier two");
        Remove(engine, "GlobalNetworkPolicy two.deny");
        Expect(engine, "x/b", "x/a", true);
        Assert.DoesNotContain(engine.Current.Policies, p => p.Id.Name == "two.deny");
        Assert.Contains(engine.Current.Policies, p => p.Id.Name == "one.allow");
    }

    [Fact]
    public void The_rules_of_a_profile_change_come_and_go()
    {
        PolicyEngine engine = Start("");
        Apply(engine, Profile("{action: Deny}"));
        Expect(engine, "x/b", "x/a", true);
        Apply(engine, Workload("one"));
        Expect(engine, "x/b", "x/w", false);
        Apply(engine, Profile("{action: Allow}"));
        Expect(engine, "x/b", "x/w", true);
        Remove(engine, "Profile one");
        Expect(engine, "x/b", "x/w", false);
        Apply(engine, Profile("{action: Allow, source: {services: {name: s, namespace: x}}}"));
        Expect(engine, "x/b", "x/w", false);
        Apply(engine, Slice("10.0.0.2"));
        Expect(engine, "x/b", "x/w", true);
        Apply(engine, Profile("{action: Allow}"), Slice("10.0.0.9"));
        Expect(engine, "x/b", "x/w", true);
        Apply(engine, Profile("{action: Allow, source: {services: {name: s, namespace: x}}}"));
        Expect(engine, "x/b", "x/w", false);
        Apply(engine, Slice("10.0.0.2"));
        Remove(engine, "WorkloadEndpoint x/n1-k8s-w-eth0");
        Apply(engine, Slice("10.0.0.3"));
        Apply(engine, Workload("one"));
        Expect(engine, "x/b", "x/w", false);
        Apply(engine, Slice("10.0.0.2"));
        Expect(engine, "x/b", "x/w", true);
    }

    [Fact]
    public void Rules_about_nodes_names_and_Services_follow_them()
    {
        PolicyEngine engine = Start("""
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: nodes}
            spec:
              tier: Admin
              priority: 10
              subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: x}}}
              egress:
              - {action: Accept, to: [{nodes: {matchLabels: {role: back}}}]}
              - {action: Accept, to: [{domainNames: [api.example.io]}]}
              - {action: Deny, to: [{networks: [192.0.2.0/24, 198.51.100.0/24]}]}
            ---
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: service, namespace: x}
            spec: {selector: app == "a", types: [Ingress], ingress: [{action: Allow, source: {services: {name: s, namespace: x}}}]}
            """);
        Expect(engine, "x/a", "host:n2", true);
        Expect(engine, "x/b", "host:n1", false);
        Expect(engine, "x/a", "198.51.100.7", false);
        Expect(engine, "x/b", "x/a", false);
        Apply(engine, Node("n1", "back", "192.0.2.1"));
        Expect(engine, "x/b", "host:n1", true);
        Apply(engine, Node("n1", "front", "192.0.2.1"));
        Expect(engine, "x/b", "host:n1", false);
        Apply(engine, "{kind: DomainNames, metadata: {name: d}, names: {api.example.io: [198.51.100.7]}}");
        Expect(engine, "x/a", "198.51.100.7", true);
        Apply(engine, "{kind: DomainNames, metadata: {name: d}, names: {api.example.io: [198.51.100.8]}}");
        Expect(engine, "x/a", "198.51.100.7", false);
        Apply(engine, Slice("10.0.0.2"));
        Expect(engine, "x/b", "x/a", true);
        Remove(engine, "EndpointSlice x/s-1");
        Expect(engine, "x/b", "x/a", false);
        Remove(engine, "ClusterNetworkPolicy nodes");
        Expect(engine, "x/b", "host:n1", true);
        Apply(engine, Node("n1", "other", "192.0.2.1"));
        Expect(engine, "x/a", "198.51.100.7", true);
    }

    private static string Tier(string name, int order, string action = "Deny") =>
        $"{{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {{name: {name}}}, spec: {{order: {order}, defaultAction: {action}}}}}";

    private static string Profile(string rule) =>
        $"{{apiVersion: projectcalico.org/v3, kind: Profile, metadata: {{name: one}}, spec: {{ingress: [{rule}], egress: [{{action: Allow}}]}}}}";

    private static string Workload(string profile) => $$"""
        apiVersion: projectcalico.org/v3
        kind: WorkloadEndpoint
        metadata: {name: n1-k8s-w-eth0, namespace: x}
        spec: {node: n1, orchestrator: k8s, pod: w, endpoint: eth0, interfaceName: caliw, ipNetworks: [10.0.0.7/32], profiles: [{{profile}}]}
        """;

    private static string Slice(string address) => $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: s-1, namespace: x, labels: {kubernetes.io/service-name: s} }
        addressType: IPv4
        endpoints: [{conditions: {ready: true}, addresses: [{{address}}] }]
        ports: [{port: 80}]
        """;

    private static string Node(string name, string role, string address) =>
        $"{{apiVersion: v1, kind: Node, metadata: {{name: {name}, labels: {{role: {role}}}}}, status: {{addresses: [{{type: InternalIP, address: {address}}}]}}}}";

    private static PolicyEngine Start(string text)
    {
        PolicyEngine engine = new();
        Apply(engine, World, text);
        return engine;
    }

    private static void Apply(PolicyEngine engine, params string[] texts)
    {
        foreach (Manifest manifest in texts.Where(t => t.Length > 0).SelectMany(Read))
        {
            engine.Apply(new Change.Upsert(manifest));
        }

        AnswersAsFresh(engine);
    }

    private static void Remove(PolicyEngine engine, string id)
    {
        engine.Apply(new Change.Remove(engine.Current.Manifests.Single(m => m.Id.ToString() == id).Id));
        AnswersAsFresh(engine);
    }

    private static IEnumerable<Manifest> Read(string text)
    {
        ManifestReadResult read = ManifestReader.Read(text, "a.yaml");
        Assert.Empty(read.Diagnostics);
        return read.Manifests;
    }

    private static void Expect(PolicyEngine engine, string from, string to, bool isAllowed) => Assert.Equal(isAllowed, Evaluate(engine.Current, from, to)?.IsAllowed);

    private static void AnswersAsFresh(PolicyEngine engine)
    {
        Snapshot fresh = Snapshot.Of(engine.Current.Manifests);
        Assert.Equal(fresh.Policies.Select(p => p.Id.ToString()), engine.Current.Policies.Select(p => p.Id.ToString()));
        Assert.Equal(0, engine.Size.Pending);
        foreach ((string from, string to) in s_pairs)
        {
            Assert.Equal(Told(Evaluate(fresh, from, to)), Told(Evaluate(engine.Current, from, to)));
        }
    }

    private static string Told(Evaluation? evaluation) => evaluation is { } answer
        ? $"{answer.Verdict}: {answer.Egress.Verdict} {answer.Egress.Reason} {answer.Egress.Rule}; {answer.Ingress.Verdict} {answer.Ingress.Reason} {answer.Ingress.Rule}"
        : "unknown";

    private static Evaluation? Evaluate(Snapshot snapshot, string from, string to) =>
        snapshot.TryResolve(new FlowRequest { From = from, To = to, Port = 80 }, out Flow flow, out _) ? snapshot.Evaluate(flow) : null;
}
