using NetPolicy.Collections;

namespace NetPolicy.Manifests.Kubernetes;

/// <summary>A Kubernetes label selector as written. All entries must hold; the empty selector matches everything (Kubernetes specification §4).</summary>
public sealed record LabelSelectorSpec
{
    /// <summary><c>matchLabels</c>.</summary>
    public EquatableMap<string>? MatchLabels { get; init; }

    /// <summary><c>matchExpressions</c>.</summary>
    public EquatableArray<LabelRequirement>? MatchExpressions { get; init; }
}

/// <summary>One entry of <c>matchExpressions</c>.</summary>
public sealed record LabelRequirement
{
    /// <summary>The label's key.</summary>
    public string? Key { get; init; }

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>.</summary>
    public string? Operator { get; init; }

    /// <summary>The values of <c>In</c> and <c>NotIn</c>.</summary>
    public EquatableArray<string>? Values { get; init; }
}
