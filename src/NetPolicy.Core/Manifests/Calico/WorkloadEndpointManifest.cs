using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A Calico WorkloadEndpoint: the interface of one workload.</summary>
public sealed record WorkloadEndpointManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "WorkloadEndpoint";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary><c>spec</c>.</summary>
    public WorkloadEndpointSpec? Spec { get; init; }
}
