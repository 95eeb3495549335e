using NetPolicy.Collections;

namespace NetPolicy.Manifests.PolicyApi;

/// <summary>The <c>spec</c> of an AdminNetworkPolicy or BaselineAdminNetworkPolicy, as written (cluster policy specification §3, §4).</summary>
public sealed record AdminNetworkPolicySpec
{
    /// <summary><c>priority</c>, 0 to 1000; the lower number is asked first. Required in AdminNetworkPolicy, no field of BaselineAdminNetworkPolicy.</summary>
    public int? Priority { get; init; }

    /// <summary><c>subject</c>; required.</summary>
    public ClusterPolicySubject? Subject { get; init; }

    /// <summary><c>ingress</c>, at most 100 rules.</summary>
    public EquatableArray<AdminPolicyRule>? Ingress { get; init; }

    /// <summary><c>egress</c>, at most 100 rules.</summary>
    public EquatableArray<AdminPolicyRule>? Egress { get; init; }
}
