using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A Calico HostEndpoint: an interface of a node that policy governs.</summary>
public sealed record HostEndpointManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "HostEndpoint";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec</c>.</summary>
    public HostEndpointSpec? Spec { get; init; }
}
