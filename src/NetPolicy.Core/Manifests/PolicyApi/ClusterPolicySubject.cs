using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Manifests.PolicyApi;

/// <summary>The pods that a cluster policy applies to: exactly one of both fields is set (cluster policy specification §2.1).</summary>
public sealed record ClusterPolicySubject
{
    /// <summary><c>namespaces</c>, itself a label selector: every pod of the namespaces; empty means every pod of the cluster.</summary>
    public LabelSelectorSpec? Namespaces { get; init; }

    /// <summary><c>pods</c>.</summary>
    public NamespacedPodSelector? Pods { get; init; }
}
