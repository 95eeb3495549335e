using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Spec;
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
        "kind:KubernetesNetworkPolicy", "action:Allow", "stage:workload", "endpointToHost:Accept", "hostInput", "icmpv6Neighbour",
        "service:cluster", "service:external", "service:nodePort", "service:headless", "service:noBackend", "family:none",
    ];

    private static readonly string[] CalicoBranches =
    [
        "default:policyTypes", "default:ipVersion", "default:endOfTier", "default:passAtEndOfTier", "default:profile", "default:noProfile", "default:missingProfile",
        "kind:NetworkPolicy", "kind:GlobalNetworkPolicy", "kind:StagedNetworkPolicy", "kind:StagedGlobalNetworkPolicy", "staged:skipped",
        "action:Allow", "action:Deny", "action:Pass", "action:Log", "family:omitted",
        "match:ipVersion", "match:protocol", "match:notProtocol", "match:icmp", "match:notICMP", "match:http",
        "source:nets", "source:notNets", "source:selector", "source:notSelector", "source:namespaceSelector", "source:global",
        "source:serviceAccounts", "source:services", "source:ports", "source:namedPorts", "source:notPorts", "source:notNamedPorts",
        "destination:nets", "destination:notNets", "destination:selector", "destination:notSelector", "destination:namespaceSelector",
        "destination:global", "destination:serviceAccounts", "destination:services", "destination:ports", "destination:namedPorts",
        "destination:notPorts", "destination:notNamedPorts",
    ];

    private static readonly string[] ClusterBranches =
    [
        "kind:KubernetesAdminNetworkPolicy", "kind:KubernetesBaselineAdminNetworkPolicy", "kind:KubernetesClusterNetworkPolicy",
        "tier:kube-admin", "tier:kube-baseline", "subject:namespaces", "subject:pods", "rule:Allow", "rule:Deny", "rule:Pass",
        "from:namespaces", "from:pods", "to:namespaces", "to:pods", "to:nodes", "to:networks", "to:domainNames",
        "ports:none", "ports:portNumber", "ports:portRange", "ports:namedPort",
        "protocols:number", "protocols:range", "protocols:all", "protocols:destinationNamedPort",
        "failClosed:accept", "failClosed:deny", "ingress:notPod", "priority:tie", "hairpin", "ownNode", "self",
    ];

    private static readonly string[] ClusterAroundBranches =
    [
        "tier:kube-admin", "tier:kube-baseline", "kind:KubernetesNetworkPolicy", "isolated", "action:Allow", "rule:Allow", "rule:Deny", "rule:Pass", "hairpin", "ownNode",
    ];

    private static readonly string[] MixedBranches =
    [
        "kind:KubernetesNetworkPolicy", "kind:NetworkPolicy", "kind:GlobalNetworkPolicy",
        "kind:StagedKubernetesNetworkPolicy", "kind:StagedNetworkPolicy", "kind:StagedGlobalNetworkPolicy", "staged:skipped",
        "isolated", "action:Allow", "action:Deny", "action:Pass",
        "kind:KubernetesAdminNetworkPolicy", "kind:KubernetesBaselineAdminNetworkPolicy", "kind:KubernetesClusterNetworkPolicy",
        "tier:kube-admin", "tier:kube-baseline", "rule:Allow", "rule:Deny", "rule:Pass", "failClosed:deny", "hairpin",
        "stage:workload", "stage:untracked", "stage:preDNAT", "stage:forward", "stage:normal", "service:cluster", "service:external", "service:nodePort",
    ];

    private static readonly string[] HostBranches =
    [
        "stage:workload", "stage:untracked", "stage:preDNAT", "stage:forward", "stage:normal", "stage:failsafe",
        "endpointToHost:Accept", "endpointToHost:Drop", "endpointToHost:Return", "hostInput", "icmpv6Neighbour",
        "default:noProfile", "default:missingProfile", "service:cluster", "service:external", "service:nodePort",
    ];

    [Fact]
    public void The_engine_answers_as_the_Kubernetes_specification() => Hold(WorldShape.KubernetesOnly, KubernetesBranches);

    [Fact]
    public void The_engine_answers_as_the_Calico_specification() => Hold(WorldShape.CalicoOnly, CalicoBranches);

    [Fact]
    public void The_engine_answers_as_the_specification_of_cluster_policies() => Hold(WorldShape.ClusterOnly, ClusterBranches);

    [Fact]
    public void The_engine_answers_as_cluster_policies_around_network_policies() => Hold(WorldShape.ClusterAndKubernetes, ClusterAroundBranches);

    [Fact]
    public void The_engine_answers_as_all_specifications_together() => Hold(WorldShape.All, MixedBranches);

    [Fact]
    public void The_engine_answers_as_the_specification_of_host_endpoints() => Hold(WorldShape.HostEndpoints, HostBranches);

    [Fact]
    public void Every_branch_of_the_specifications_is_in_the_scope_of_a_law() =>
        Assert.Equal(
            SpecBranches.All.Order(StringComparer.Ordinal),
            KubernetesBranches.Concat(CalicoBranches).Concat(MixedBranches).Concat(HostBranches).Concat(ClusterBranches).Distinct().Order(StringComparer.Ordinal));

    private void Hold(WorldShape shape, IEnumerable<string> branches)
    {
        Distribution distribution = new();
        Law.ForAll(Any.Case(shape, Law.FlowsOr(120)), Law.Worlds, @case => Agreement.Difference(@case, distribution));
        output.WriteLine(distribution.ToString());
        if (!Law.IsChosen)
        {
            Assert.Null(distribution.Complain(branches));
        }
    }
}
