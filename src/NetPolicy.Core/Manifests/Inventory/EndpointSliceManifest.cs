using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>An EndpointSlice: addresses behind a Service. A port without a number has <see cref="ServicePortSpec.Port"/> 0.</summary>
public sealed record EndpointSliceManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "discovery.k8s.io/v1";

    /// <inheritdoc/>
    public override string Kind => "EndpointSlice";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary>The Service's name, from label <c>kubernetes.io/service-name</c>.</summary>
    public string? ServiceName => Metadata.Labels is { } labels && labels.TryGetValue("kubernetes.io/service-name", out string? name) ? name : null;

    /// <summary><c>addressType</c>: <c>IPv4</c>, <c>IPv6</c> or <c>FQDN</c>.</summary>
    public string? AddressType { get; init; }

    /// <summary><c>endpoints</c>.</summary>
    public EquatableArray<SliceEndpoint> Endpoints { get; init; }

    /// <summary><c>ports</c>; only name, protocol and number matter.</summary>
    public EquatableArray<ServicePortSpec> Ports { get; init; }
}
