using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>The <c>spec</c> of a HostEndpoint (Calico specification §1.7).</summary>
public sealed record HostEndpointSpec
{
    /// <summary><c>node</c>.</summary>
    public string? Node { get; init; }

    /// <summary><c>interfaceName</c>: an interface, or <c>*</c> for all without one of their own.</summary>
    public string? InterfaceName { get; init; }

    /// <summary><c>expectedIPs</c>.</summary>
    public EquatableArray<string>? ExpectedIPs { get; init; }

    /// <summary><c>profiles</c>, in order.</summary>
    public EquatableArray<string>? Profiles { get; init; }

    /// <summary><c>ports</c>: names for ports.</summary>
    public EquatableArray<EndpointPort>? Ports { get; init; }
}

/// <summary>A named port of an endpoint.</summary>
public sealed record EndpointPort
{
    /// <summary><c>name</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>protocol</c>.</summary>
    public IntOrString? Protocol { get; init; }

    /// <summary><c>port</c>.</summary>
    public int? Port { get; init; }
}
