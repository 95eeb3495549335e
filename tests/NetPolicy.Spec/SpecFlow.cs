namespace NetPolicy.Spec;

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
