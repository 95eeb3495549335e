using NetPolicy.Collections;

namespace NetPolicy.Manifests.PolicyApi;

/// <summary>One rule of a ClusterNetworkPolicy.</summary>
public sealed record ClusterPolicyRule
{
    /// <summary><c>name</c>, at most 100 characters; means nothing.</summary>
    public string? Name { get; init; }

    /// <summary><c>action</c>: <c>Accept</c>, <c>Deny</c> or <c>Pass</c>; required.</summary>
    public string? Action { get; init; }

    /// <summary><c>from</c> of an ingress rule, <c>to</c> of an egress rule: 1 to 25; required. The rule matches if any of them does.</summary>
    public EquatableArray<ClusterPolicyPeer>? Peers { get; init; }

    /// <summary><c>protocols</c>, 1 to 25 if present. Absent means every protocol and port, ICMP included.</summary>
    public EquatableArray<ClusterPolicyProtocol>? Protocols { get; init; }
}
