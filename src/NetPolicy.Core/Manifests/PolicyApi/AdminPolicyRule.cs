using NetPolicy.Collections;

namespace NetPolicy.Manifests.PolicyApi;

/// <summary>One rule of an AdminNetworkPolicy or BaselineAdminNetworkPolicy.</summary>
public sealed record AdminPolicyRule
{
    /// <summary><c>name</c>, at most 100 characters; means nothing.</summary>
    public string? Name { get; init; }

    /// <summary><c>action</c>: <c>Allow</c>, <c>Deny</c> or, in AdminNetworkPolicy only, <c>Pass</c>; required.</summary>
    public string? Action { get; init; }

    /// <summary><c>from</c> of an ingress rule, <c>to</c> of an egress rule: 1 to 100; required. The rule matches if any of them does.</summary>
    public EquatableArray<ClusterPolicyPeer>? Peers { get; init; }

    /// <summary><c>ports</c>, 1 to 100 if present. Absent means every protocol and port.</summary>
    public EquatableArray<AdminPolicyPort>? Ports { get; init; }
}
