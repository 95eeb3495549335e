namespace NetPolicy.Manifests.PolicyApi;

/// <summary>A <c>policy.networking.k8s.io/v1alpha1</c> BaselineAdminNetworkPolicy: the one object <c>default</c>, whose rules are asked where no NetworkPolicy selects.</summary>
public sealed record BaselineAdminNetworkPolicyManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "policy.networking.k8s.io/v1alpha1";

    /// <inheritdoc/>
    public override string Kind => "BaselineAdminNetworkPolicy";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec</c>; required. Its <see cref="AdminNetworkPolicySpec.Priority"/> is no field of this kind and stays null.</summary>
    public AdminNetworkPolicySpec? Spec { get; init; }
}
