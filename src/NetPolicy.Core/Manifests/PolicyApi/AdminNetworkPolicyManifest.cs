namespace NetPolicy.Manifests.PolicyApi;

/// <summary>A <c>policy.networking.k8s.io/v1alpha1</c> AdminNetworkPolicy: an administrator's rules before the namespaces' own policies.</summary>
public sealed record AdminNetworkPolicyManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "policy.networking.k8s.io/v1alpha1";

    /// <inheritdoc/>
    public override string Kind => "AdminNetworkPolicy";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec</c>; required.</summary>
    public AdminNetworkPolicySpec? Spec { get; init; }
}
