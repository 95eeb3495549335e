using NetPolicy.Collections;

namespace NetPolicy.Manifests.Kubernetes;

/// <summary>A <c>networking.k8s.io/v1</c> NetworkPolicy.</summary>
public sealed record NetworkPolicyManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "networking.k8s.io/v1";

    /// <inheritdoc/>
    public override string Kind => "NetworkPolicy";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary><c>spec</c>; absent means <c>{}</c>.</summary>
    public NetworkPolicySpec? Spec { get; init; }
}
