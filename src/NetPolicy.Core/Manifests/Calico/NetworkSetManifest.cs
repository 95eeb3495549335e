using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A Calico NetworkSet: labelled addresses, a peer but never a subject.</summary>
public sealed record NetworkSetManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "NetworkSet";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary><c>spec.nets</c>: CIDR blocks and bare addresses.</summary>
    public EquatableArray<string>? Nets { get; init; }
}
