using NetPolicy.Collections;

namespace NetPolicy.Manifests.PolicyApi;

/// <summary>The <c>spec</c> of a ClusterNetworkPolicy, as written (cluster policy specification §5).</summary>
public sealed record ClusterNetworkPolicySpec
{
    /// <summary><c>tier</c>: <c>Admin</c> or <c>Baseline</c>; required.</summary>
    public string? Tier { get; init; }

    /// <summary><c>priority</c>, 0 to 1000; the lower number is asked first. Required.</summary>
    public int? Priority { get; init; }

    /// <summary><c>subject</c>; required.</summary>
    public ClusterPolicySubject? Subject { get; init; }

    /// <summary><c>ingress</c>, at most 25 rules.</summary>
    public EquatableArray<ClusterPolicyRule>? Ingress { get; init; }

    /// <summary><c>egress</c>, at most 25 rules.</summary>
    public EquatableArray<ClusterPolicyRule>? Egress { get; init; }
}
