using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>A Calico Tier: an ordered group of policies.</summary>
public sealed record TierManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "Tier";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec.order</c>; absent means 1 000 000, as clients fill it in. Infinite for a stored tier without one, which is last (Calico specification §1.7).</summary>
    public double? Order { get; init; }

    /// <summary><c>spec.defaultAction</c>: <c>Deny</c> (default) or <c>Pass</c>.</summary>
    public string? DefaultAction { get; init; }
}
