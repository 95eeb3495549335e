namespace NetPolicy.Manifests.PolicyApi;

/// <summary>A <c>policy.networking.k8s.io/v1alpha2</c> ClusterNetworkPolicy: an administrator's rules before (<c>Admin</c>) or after (<c>Baseline</c>) the namespaces' own policies.</summary>
public sealed record ClusterNetworkPolicyManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "policy.networking.k8s.io/v1alpha2";

    /// <inheritdoc/>
    public override string Kind => "ClusterNetworkPolicy";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec</c>; required.</summary>
    public ClusterNetworkPolicySpec? Spec { get; init; }
}
