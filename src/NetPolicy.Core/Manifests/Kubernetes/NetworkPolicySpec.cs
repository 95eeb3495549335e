using NetPolicy.Collections;

namespace NetPolicy.Manifests.Kubernetes;

/// <summary>The <c>spec</c> of a Kubernetes NetworkPolicy, as written (Kubernetes specification §1).</summary>
public sealed record NetworkPolicySpec
{
    /// <summary><c>podSelector</c>; absent means every pod of the namespace.</summary>
    public LabelSelectorSpec? PodSelector { get; init; }

    /// <summary><c>ingress</c>.</summary>
    public EquatableArray<NetworkPolicyRule>? Ingress { get; init; }

    /// <summary><c>egress</c>.</summary>
    public EquatableArray<NetworkPolicyRule>? Egress { get; init; }

    /// <summary><c>policyTypes</c>; absent and empty are defaulted.</summary>
    public EquatableArray<string>? PolicyTypes { get; init; }
}

/// <summary>One ingress or egress rule.</summary>
public sealed record NetworkPolicyRule
{
    /// <summary><c>from</c> of an ingress rule, <c>to</c> of an egress rule. Absent and empty mean any peer.</summary>
    public EquatableArray<NetworkPolicyPeer>? Peers { get; init; }

    /// <summary><c>ports</c>. Absent and empty mean any protocol and port.</summary>
    public EquatableArray<NetworkPolicyPort>? Ports { get; init; }
}

/// <summary>One entry of <c>from</c> or <c>to</c>.</summary>
public sealed record NetworkPolicyPeer
{
    /// <summary><c>podSelector</c>; absent is not part of the peer, empty means every pod.</summary>
    public LabelSelectorSpec? PodSelector { get; init; }

    /// <summary><c>namespaceSelector</c>; absent means the policy's own namespace, empty means every namespace.</summary>
    public LabelSelectorSpec? NamespaceSelector { get; init; }

    /// <summary><c>ipBlock</c>.</summary>
    public IpBlockSpec? IpBlock { get; init; }
}

/// <summary>An address block with exceptions.</summary>
public sealed record IpBlockSpec
{
    /// <summary><c>cidr</c>.</summary>
    public string? Cidr { get; init; }

    /// <summary><c>except</c>.</summary>
    public EquatableArray<string>? Except { get; init; }
}

/// <summary>One entry of <c>ports</c>.</summary>
public sealed record NetworkPolicyPort
{
    /// <summary><c>protocol</c>; absent means TCP.</summary>
    public string? Protocol { get; init; }

    /// <summary><c>port</c>: a number or a container port's name; absent means every port of the protocol.</summary>
    public IntOrString? Port { get; init; }

    /// <summary><c>endPort</c>, inclusive.</summary>
    public int? EndPort { get; init; }
}
