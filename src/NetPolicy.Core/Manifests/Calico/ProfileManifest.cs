using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A Calico Profile: rules and labels for the endpoints that list it.</summary>
public sealed record ProfileManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "Profile";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec.ingress</c>.</summary>
    public EquatableArray<CalicoRule>? Ingress { get; init; }

    /// <summary><c>spec.egress</c>.</summary>
    public EquatableArray<CalicoRule>? Egress { get; init; }

    /// <summary><c>spec.labelsToApply</c>: inherited by endpoints that list the profile.</summary>
    public EquatableMap<string>? LabelsToApply { get; init; }
}
