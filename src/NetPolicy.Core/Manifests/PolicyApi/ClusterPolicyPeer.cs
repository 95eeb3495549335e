using NetPolicy.Collections;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Manifests.PolicyApi;

/// <summary>One entry of <c>from</c> or <c>to</c>: exactly one field is set (cluster policy specification §2.2).</summary>
/// <remarks>A peer in which no field is set comes from a newer API; it fails closed. Peers of ingress rules have <see cref="Namespaces"/> and <see cref="Pods"/> only.</remarks>
public sealed record ClusterPolicyPeer
{
    /// <summary><c>namespaces</c>: every pod of the namespaces; empty means every pod of the cluster.</summary>
    public LabelSelectorSpec? Namespaces { get; init; }

    /// <summary><c>pods</c>.</summary>
    public NamespacedPodSelector? Pods { get; init; }

    /// <summary><c>nodes</c>, over the labels of Nodes: the addresses of those nodes; empty means every node. Egress only.</summary>
    public LabelSelectorSpec? Nodes { get; init; }

    /// <summary><c>networks</c>: address blocks. Egress only.</summary>
    public EquatableArray<string>? Networks { get; init; }

    /// <summary><c>domainNames</c>, such as <c>example.io</c> and <c>*.example.io</c>. Egress only; not in BaselineAdminNetworkPolicy.</summary>
    public EquatableArray<string>? DomainNames { get; init; }
}
