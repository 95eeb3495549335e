using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A Calico GlobalNetworkSet: labelled addresses outside any namespace.</summary>
public sealed record GlobalNetworkSetManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "GlobalNetworkSet";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec.nets</c>: CIDR blocks and bare addresses.</summary>
    public EquatableArray<string>? Nets { get; init; }
}
