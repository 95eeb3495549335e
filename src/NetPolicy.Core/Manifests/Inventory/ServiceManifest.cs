using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>A Service: what it takes to know its backends.</summary>
public sealed record ServiceManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Service";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary><c>spec.type</c>; null means ClusterIP.</summary>
    public string? Type { get; init; }

    /// <summary><c>spec.selector</c>; null or empty selects nothing.</summary>
    public EquatableMap<string>? Selector { get; init; }

    /// <summary><c>spec.clusterIPs</c>, or <c>spec.clusterIP</c> alone; <c>None</c> for headless.</summary>
    public EquatableArray<string> ClusterIPs { get; init; }

    /// <summary><c>spec.externalIPs</c>.</summary>
    public EquatableArray<string> ExternalIPs { get; init; }

    /// <summary>Addresses of <c>status.loadBalancer.ingress</c>, or <c>spec.loadBalancerIP</c> if the status has none.</summary>
    public EquatableArray<string> LoadBalancerIPs { get; init; }

    /// <summary><c>spec.ports</c>.</summary>
    public EquatableArray<ServicePortSpec> Ports { get; init; }

    /// <summary><c>spec.externalTrafficPolicy</c>.</summary>
    public string? ExternalTrafficPolicy { get; init; }

    /// <summary><c>spec.publishNotReadyAddresses</c>.</summary>
    public bool PublishNotReadyAddresses { get; init; }
}
