using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>Cluster policies as rules: peers by address, Pass, the baseline, and the way back to the pod itself.</summary>
public sealed class ClusterPolicyRulesetTests
{
    private const string World = """
        apiVersion: v1
        kind: Node
        metadata: {name: n1, labels: {zone: east}}
        status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n2, labels: {zone: west}}
        status: {addresses: [{type: InternalIP, address: 192.0.2.2}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: a, labels: {team: red}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: b, labels: {team: blue}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {namespace: a, name: web, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: main, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}]}
        status: {phase: Running, podIP: 10.0.0.1}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {namespace: a, name: plain, labels: {app: plain}}
        spec: {nodeName: n1, containers: [{name: main, ports: [{name: http, containerPort: 80}]}]}
        status: {phase: Running, podIP: 10.0.0.2}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {namespace: b, name: api, labels: {app: api}}
        spec: {nodeName: n2, containers: [{name: main, ports: [{name: http, containerPort: 80}]}]}
        status: {phase: Running, podIP: 10.0.1.1}
        ---
        apiVersion: v1
        kind: Service
        metadata: {namespace: a, name: web}
        spec: {selector: {app: web}, clusterIP: 10.96.0.1, ports: [{name: web, port: 80, targetPort: 8080}, {name: more, port: 81, targetPort: 8081}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {namespace: a, name: plain}
        spec: {selector: {app: plain}, clusterIP: 10.96.0.2, ports: [{port: 80}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {namespace: a, name: plain}
        spec: {podSelector: {matchLabels: {app: plain}}, policyTypes: [Ingress, Egress]}
        ---
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: admin}
        spec:
          tier: Admin
          priority: 10
          subject: {pods: {podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [plain]}]}}}
          ingress:
          - {name: dns, action: Pass, from: [{namespaces: {}}], protocols: [{destinationNamedPort: dns}]}
          - {name: no-way-back, action: Deny, from: [{pods: {podSelector: {matchLabels: {app: web}}}}], protocols: [{tcp: {destinationPort: {number: 8080}}}]}
          - {name: blue, action: Deny, from: [{namespaces: {matchLabels: {team: blue}}}], protocols: [{udp: {destinationPort: {range: {start: 1, end: 100}}}}]}
          egress:
          - {name: west, action: Deny, to: [{nodes: {matchLabels: {zone: west}}}], protocols: [{tcp: {destinationPort: {range: {start: 1, end: 1023}}}}]}
          - {name: names, action: Accept, to: [{domainNames: ["*.example.io"]}]}
          - {name: nets, action: Deny, to: [{networks: [203.0.113.0/24]}]}
        ---
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: BaselineAdminNetworkPolicy
        metadata: {name: default}
        spec:
          subject: {namespaces: {matchLabels: {team: red}}}
          ingress:
          - {action: Deny, from: [{namespaces: {matchLabels: {team: blue}}}]}
        ---
        kind: DomainNames
        metadata: {name: known}
        names: {www.example.io: [203.0.113.7]}
        """;

    [Theory]
    // A Service that leads back: denied by the ingress rule on one port, allowed on the other, and no NetworkPolicy's business.
    [InlineData("a/web", "svc:a/web", "TCP", 80, false)]
    [InlineData("a/web", "svc:a/web", "TCP", 81, true)]
    [InlineData("a/plain", "svc:a/plain", "TCP", 80, true)]
    // Nodes by the labels of Nodes, the own node among them.
    [InlineData("a/web", "host:n2", "TCP", 80, false)]
    [InlineData("a/web", "host:n2", "TCP", 8080, true)]
    [InlineData("b/api", "host:n2", "TCP", 80, false)]
    [InlineData("a/web", "host:n1", "TCP", 80, true)]
    // Names before networks.
    [InlineData("a/web", "203.0.113.7", "TCP", 443, true)]
    [InlineData("a/web", "203.0.113.8", "TCP", 443, false)]
    [InlineData("a/web", "198.51.100.1", "TCP", 443, true)]
    // Pass leads to the baseline, a NetworkPolicy hides it, the outside is matched by no ingress rule.
    [InlineData("b/api", "a/web", "UDP", 53, false)]
    [InlineData("b/api", "a/web", "TCP", 81, false)]
    [InlineData("b/api", "a/plain", "TCP", 80, false)]
    [InlineData("198.51.100.1", "a/web", "TCP", 8080, true)]
    [InlineData("host:n2", "a/web", "TCP", 8080, true)]
    public void Rules_decide_as_the_engine(string from, string to, string protocol, int port, bool isAllowed)
    {
        ManifestReadResult read = ManifestReader.Read(World);
        Assert.Empty(read.Diagnostics);
        Snapshot snapshot = Snapshot.Of(read.Manifests);
        FlowRequest[] requests = [new FlowRequest { From = from, To = to, Protocol = protocol, Port = port }];
        Assert.True(snapshot.TryResolve(requests[0], out Flow flow, out _));
        Assert.Equal(isAllowed, snapshot.Evaluate(flow).IsAllowed);
        foreach (int maxElements in (ReadOnlySpan<int>)[EnforcementOptions.Default.MaxTableElements, 0])
        {
            LabWorld world = LabWorld.Of(snapshot, new LabWorldOptions { Flows = requests });
            CompiledRuleset[] rulesets =
            [
                .. world.Topology.Nodes.Select(n => RulesetCompiler.Compile(snapshot, n.Name, new EnforcementOptions { MaxTableElements = maxElements })),
            ];
            Assert.DoesNotContain(rulesets.SelectMany(r => r.Diagnostics), d => d.Severity == DiagnosticSeverity.Error);
            LabComparison comparison = LabComparison.Run(
                world, rulesets.ToDictionary(r => r.Node, r => NftWriter.Write(r)), requests, new LabComparisonOptions { Means = LabMeans.Interpreter });
            LabComparisonRow row = Assert.Single(comparison.Rows);
            Assert.True(row.IsTried, "the flow is tried");
            Assert.Equal(isAllowed ? Verdict.Allow : Verdict.Deny, row.Interpreter!.Value.Verdict);
            Assert.Empty(comparison.Mismatches);
        }
    }
}
