using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Kubernetes;
using Xunit;
using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <summary>Section 7 where it says "never": what is added takes nothing away, and a requirement and its opposite share all pods out.</summary>
public sealed class KubernetesMonotonyTests
{
    private const int Worlds = Law.Worlds;

    [Fact]
    public void Another_policy_for_the_same_pods_takes_no_connection_away() => TakesNothingAway(policy =>
        [policy, policy with { Metadata = policy.Metadata with { Name = "0-" + policy.Metadata.Name }, Spec = WithTypes(policy) with { Ingress = null, Egress = null } }]);

    [Fact]
    public void Another_rule_takes_no_connection_away()
    {
        NetworkPolicyRule first = new() { Ports = [new NetworkPolicyPort { Protocol = "UDP", Port = IntOrString.Of(1) }] };
        TakesNothingAway(policy => WithTypes(policy) is var spec
            ? [policy with { Spec = spec with { Ingress = [first, .. spec.Ingress ?? default], Egress = [first, .. spec.Egress ?? default] } }]
            : []);
    }

    [Theory]
    [InlineData("operator: Exists", "operator: DoesNotExist")]
    [InlineData("operator: In, values: [x]", "operator: NotIn, values: [x]")]
    [InlineData("operator: In, values: [x, z]", "operator: NotIn, values: [x, z]")]
    [InlineData("operator: In, values: ['']", "operator: NotIn, values: ['']")]
    public void A_requirement_and_its_opposite_share_all_pods_out(string one, string opposite)
    {
        string[] pods = [Pod("a/p0", "", "10.0.0.1"), Pod("a/p1", "app: ''", "10.0.0.2"), Pod("a/p2", "app: x", "10.0.0.3"), Pod("a/p3", "app: z, other: x", "10.0.0.4")];
        for (int i = 0; i < pods.Length; i++)
        {
            bool isFirst = IsIsolated(pods, i, one);
            Assert.NotEqual(isFirst, IsIsolated(pods, i, opposite));
        }

        Assert.Contains(Enumerable.Range(0, pods.Length), i => IsIsolated(pods, i, one));
        Assert.Contains(Enumerable.Range(0, pods.Length), i => IsIsolated(pods, i, opposite));
    }

    private static bool IsIsolated(string[] pods, int index, string requirement)
    {
        string policy = Policy("a/p", $"podSelector: {{matchExpressions: [{{key: app, {requirement}}}]}}");
        return new Example(requirement, [.. pods, policy], new SpecFlow("203.0.113.9", $"a/p{index}", "TCP", 80), "").Evaluate().StartsWith("deny", StringComparison.Ordinal);
    }

    private static NetworkPolicySpec WithTypes(NetworkPolicyManifest policy)
    {
        NetworkPolicySpec spec = policy.Spec ?? new NetworkPolicySpec();
        return spec.PolicyTypes is { IsEmpty: false } ? spec : spec with { PolicyTypes = spec.Egress is { IsEmpty: false } ? ["Ingress", "Egress"] : ["Ingress"] };
    }

    private static void TakesNothingAway(Func<NetworkPolicyManifest, IEnumerable<NetworkPolicyManifest>> more)
    {
        int allowed = 0;
        Law.ForAll(Any.Plain(WorldShape.KubernetesOnly, flows: 40), Worlds, @case =>
        {
            EquatableArray<Manifest> manifests = @case.World.Manifests.SelectMany<Manifest, Manifest>(manifest => manifest is NetworkPolicyManifest policy ? more(policy) : [manifest]).ToEquatableArray();
            Snapshot before = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine()), after = Snapshot.Of(manifests, @case.Choices.ToEngine());
            foreach (FlowRequest flow in @case.Flows)
            {
                if (before.TryResolve(flow, out Flow one, out _) && before.Evaluate(one).IsAllowed)
                {
                    allowed++;
                    if (!after.TryResolve(flow, out Flow other, out string? error) || !after.Evaluate(other).IsAllowed)
                    {
                        return $"{{{flow.Describe()}}} was allowed and is not any more {error}";
                    }
                }
            }

            return null;
        });
        Assert.True(allowed > Worlds);
    }
}
