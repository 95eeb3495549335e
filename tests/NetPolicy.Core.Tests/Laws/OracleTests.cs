using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>The engine gives every flow the answer that the specifications give.</summary>
public sealed class OracleTests(ITestOutputHelper output)
{
    private static readonly string[] KubernetesBranches =
    [
        "peer:none", "peer:podSelector", "peer:namespaceSelector", "peer:both", "peer:ipBlock",
        "port:none", "port:protocolOnly", "port:number", "port:range", "port:name",
        "default:protocol", "default:policyTypes", "default:endOfTier", "default:profile", "isolated", "self", "ownNode",
        "kind:KubernetesNetworkPolicy", "action:Allow", "stage:workload",
        "service:cluster", "service:external", "service:nodePort", "service:headless", "service:noBackend", "family:none",
    ];

    [Fact]
    public void The_engine_answers_as_the_Kubernetes_specification() => Hold(WorldShape.KubernetesOnly, 600, KubernetesBranches);

    [Fact]
    public void The_engine_answers_as_the_Calico_specification() => Hold(WorldShape.CalicoOnly, 600, []);

    [Fact]
    public void The_engine_answers_as_both_specifications_together() => Hold(WorldShape.Mixed, 600, []);

    [Fact]
    public void The_engine_answers_as_the_specification_of_host_endpoints() => Hold(WorldShape.HostEndpoints, 600, []);

    private void Hold(WorldShape shape, int worlds, IEnumerable<string> branches)
    {
        Distribution distribution = new();
        Law.ForAll(Any.Case(shape, flows: 120), worlds, @case => Agreement.Difference(@case, distribution));
        output.WriteLine(distribution.ToString());
        if (!Law.IsSizeGiven)
        {
            Assert.Null(distribution.Complain(branches.Select(branch => (branch, 0.05))));
        }
    }
}
