using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>
/// A <c>networking.k8s.io/v1</c> Ingress or a <c>route.openshift.io/v1</c> Route: the Services that an ingress controller opens to the outside.
/// </summary>
public sealed record IngressManifest(string IngressApiVersion, string IngressKind) : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => IngressApiVersion;

    /// <inheritdoc/>
    public override string Kind => IngressKind;

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary>The Services behind it, all of its own namespace, in written order; the default backend of an Ingress comes first.</summary>
    public EquatableArray<ServiceBackend> Backends { get; init; }
}
