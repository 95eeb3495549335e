namespace NetPolicy.Spec;

/// <summary>How a world is judged where the specifications leave a switch.</summary>
/// <param name="StagedAsEnforced">Staged policies count in their sort position (Calico 5.5).</param>
/// <param name="EgressToOwnNodeAllowed">Kubernetes policies leave a pod's traffic to its own node alone (Kubernetes 5.7).</param>
/// <param name="HostInputAccepts">What the host's own input rules do with packets that policy returns to them.</param>
public sealed record SpecOptions(bool StagedAsEnforced = false, bool EgressToOwnNodeAllowed = true, bool HostInputAccepts = true);

/// <summary>One connection attempt, its ends named as in <c>eval --flows</c>.</summary>
/// <param name="From"><c>ns/pod</c>, <c>kind:ns/name</c>, an address, <c>host:NODE</c>.</param>
/// <param name="To">The same, or <c>svc:ns/name</c>, an address of a Service, a node address with a NodePort.</param>
/// <param name="Protocol">Name in any case, or number.</param>
/// <param name="Port">Destination port; null where the protocol has none.</param>
/// <param name="SourcePort">Null: equals no port.</param>
/// <param name="IcmpType">Null: equals no type.</param>
/// <param name="IcmpCode">Null: equals no code.</param>
/// <param name="IpFamily">4 or 6; null: 4 if both ends can, otherwise 6.</param>
/// <param name="OutInterface">Where the packet leaves the source's node.</param>
/// <param name="InInterface">Where it enters the node of its destination.</param>
/// <param name="HttpMethod">For who sees the request.</param>
/// <param name="HttpPath">For who sees the request.</param>
public sealed record SpecFlow(
    string From,
    string To,
    string Protocol,
    int? Port = null,
    int? SourcePort = null,
    int? IcmpType = null,
    int? IcmpCode = null,
    int? IpFamily = null,
    string? OutInterface = null,
    string? InInterface = null,
    string? HttpMethod = null,
    string? HttpPath = null);

/// <summary>One end's decision.</summary>
public enum SpecEnd
{
    /// <summary>It has no say.</summary>
    None,
    Allow,
    Deny,
}

/// <summary>The rule that decided.</summary>
/// <param name="Kind">As written in the document.</param>
/// <param name="Namespace">Null for cluster-scoped kinds.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Direction"><c>ingress</c> or <c>egress</c>.</param>
/// <param name="Index">Zero-based; -1 = isolation, the end of a tier, or another default.</param>
public sealed record SpecRule(string Kind, string? Namespace, string Name, string Direction, int Index)
{
    internal static string Word(SpecDirection direction) => direction == SpecDirection.Ingress ? "ingress" : "egress";
}

/// <summary>What the specifications say about a flow.</summary>
/// <param name="Allowed">True if no end denied.</param>
/// <param name="Egress">The source's side.</param>
/// <param name="Ingress">The destination's side.</param>
/// <param name="Rule">The rule that decided; null if nobody had a say.</param>
/// <param name="Branches">Names of <see cref="SpecBranches.All"/> that took part.</param>
/// <param name="Translated">The backend behind a Service, <c>ns/pod:port</c>.</param>
public sealed record SpecAnswer(
    bool Allowed, SpecEnd Egress, SpecEnd Ingress, SpecRule? Rule, IReadOnlyList<string> Branches, string? Translated);
