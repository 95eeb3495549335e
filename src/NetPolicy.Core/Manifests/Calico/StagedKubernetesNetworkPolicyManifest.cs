using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Manifests.Calico;

/// <summary>A <c>projectcalico.org/v3</c> StagedKubernetesNetworkPolicy: a Kubernetes policy that is only reported.</summary>
public sealed record StagedKubernetesNetworkPolicyManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "StagedKubernetesNetworkPolicy";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary><c>spec</c>, without <see cref="StagedAction"/>.</summary>
    public NetworkPolicySpec? Spec { get; init; }

    /// <summary><c>spec.stagedAction</c>; absent means <c>Set</c>.</summary>
    public string? StagedAction { get; init; }
}
