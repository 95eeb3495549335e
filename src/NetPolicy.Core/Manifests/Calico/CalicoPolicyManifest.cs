using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A <c>projectcalico.org/v3</c> policy of any of the four kinds of <see cref="CalicoPolicyKind"/>.</summary>
public sealed record CalicoPolicyManifest : Manifest
{
    /// <summary>Which of the four kinds.</summary>
    public required CalicoPolicyKind PolicyKind { get; init; }

    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => PolicyKind.ToString();

    /// <inheritdoc/>
    public override bool IsNamespaced => PolicyKind is CalicoPolicyKind.NetworkPolicy or CalicoPolicyKind.StagedNetworkPolicy;

    /// <summary>True for the kinds that cover the whole cluster and host endpoints.</summary>
    public bool IsGlobal => !IsNamespaced;

    /// <summary>True for the kinds that are only reported, never enforced.</summary>
    public bool IsStaged => PolicyKind is CalicoPolicyKind.StagedNetworkPolicy or CalicoPolicyKind.StagedGlobalNetworkPolicy;

    /// <summary><c>spec</c>.</summary>
    public CalicoPolicySpec? Spec { get; init; }
}
