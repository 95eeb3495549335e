using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>A Node; annotation <c>netpol/interfaces</c> tells which interface holds which address.</summary>
public sealed record NodeManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Node";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>status.addresses</c> of types InternalIP and ExternalIP, as written.</summary>
    public EquatableArray<string> Addresses { get; init; }

    /// <summary><c>spec.podCIDRs</c>, or <c>spec.podCIDR</c> alone.</summary>
    public EquatableArray<string> PodCidrs { get; init; }
}
