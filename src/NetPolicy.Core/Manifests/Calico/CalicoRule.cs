using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>One Calico rule, as written (Calico specification §1.5). All clauses must hold.</summary>
public sealed record CalicoRule
{
    /// <summary><c>action</c>: <c>Allow</c>, <c>Deny</c>, <c>Log</c> or <c>Pass</c>.</summary>
    public string? Action { get; init; }

    /// <summary><c>ipVersion</c>: 4 or 6.</summary>
    public int? IpVersion { get; init; }

    /// <summary><c>protocol</c>: a name or a number.</summary>
    public IntOrString? Protocol { get; init; }

    /// <summary><c>notProtocol</c>.</summary>
    public IntOrString? NotProtocol { get; init; }

    /// <summary><c>icmp</c>.</summary>
    public IcmpMatch? Icmp { get; init; }

    /// <summary><c>notICMP</c>.</summary>
    public IcmpMatch? NotIcmp { get; init; }

    /// <summary><c>source</c>.</summary>
    public EntityRule? Source { get; init; }

    /// <summary><c>destination</c>.</summary>
    public EntityRule? Destination { get; init; }

    /// <summary><c>http</c>.</summary>
    public HttpMatch? Http { get; init; }

    /// <summary><c>metadata.annotations</c> of the rule.</summary>
    public EquatableMap<string>? Annotations { get; init; }
}

/// <summary>An ICMP type and code.</summary>
public sealed record IcmpMatch
{
    /// <summary><c>type</c>, 0 to 254.</summary>
    public int? Type { get; init; }

    /// <summary><c>code</c>, 0 to 255; needs a type.</summary>
    public int? Code { get; init; }
}

/// <summary>One end of a Calico rule.</summary>
public sealed record EntityRule
{
    /// <summary><c>nets</c>.</summary>
    public EquatableArray<string>? Nets { get; init; }

    /// <summary><c>notNets</c>.</summary>
    public EquatableArray<string>? NotNets { get; init; }

    /// <summary><c>selector</c>.</summary>
    public string? Selector { get; init; }

    /// <summary><c>notSelector</c>.</summary>
    public string? NotSelector { get; init; }

    /// <summary><c>namespaceSelector</c>.</summary>
    public string? NamespaceSelector { get; init; }

    /// <summary><c>services</c>.</summary>
    public ServiceMatch? Services { get; init; }

    /// <summary><c>serviceAccounts</c>.</summary>
    public ServiceAccountMatch? ServiceAccounts { get; init; }

    /// <summary><c>ports</c>: numbers, <c>"first:last"</c> ranges and names.</summary>
    public EquatableArray<IntOrString>? Ports { get; init; }

    /// <summary><c>notPorts</c>.</summary>
    public EquatableArray<IntOrString>? NotPorts { get; init; }
}

/// <summary>The endpoints of a Service.</summary>
public sealed record ServiceMatch
{
    /// <summary><c>name</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>namespace</c>; absent in a namespaced policy means its own.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Endpoints by their service account; names and selector must both hold.</summary>
public sealed record ServiceAccountMatch
{
    /// <summary><c>names</c>.</summary>
    public EquatableArray<string>? Names { get; init; }

    /// <summary><c>selector</c> over the service account's labels.</summary>
    public string? Selector { get; init; }
}

/// <summary>An HTTP clause; methods and paths must both hold.</summary>
public sealed record HttpMatch
{
    /// <summary><c>methods</c>.</summary>
    public EquatableArray<string>? Methods { get; init; }

    /// <summary><c>paths</c>.</summary>
    public EquatableArray<HttpPath>? Paths { get; init; }
}

/// <summary>An HTTP path: exactly one of both is set.</summary>
public sealed record HttpPath
{
    /// <summary><c>exact</c>.</summary>
    public string? Exact { get; init; }

    /// <summary><c>prefix</c>, anchored at a path segment.</summary>
    public string? Prefix { get; init; }
}
