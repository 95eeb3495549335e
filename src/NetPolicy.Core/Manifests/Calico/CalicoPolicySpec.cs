using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>The <c>spec</c> of a Calico policy, as written (Calico specification §1.2 to §1.4). Null means absent.</summary>
public sealed record CalicoPolicySpec
{
    /// <summary><c>tier</c>; absent means <c>default</c>.</summary>
    public string? Tier { get; init; }

    /// <summary><c>order</c>; absent means last.</summary>
    public double? Order { get; init; }

    /// <summary><c>selector</c>; absent and empty mean every endpoint in scope.</summary>
    public string? Selector { get; init; }

    /// <summary><c>namespaceSelector</c>; global kinds only.</summary>
    public string? NamespaceSelector { get; init; }

    /// <summary><c>serviceAccountSelector</c>.</summary>
    public string? ServiceAccountSelector { get; init; }

    /// <summary><c>ingress</c>.</summary>
    public EquatableArray<CalicoRule>? Ingress { get; init; }

    /// <summary><c>egress</c>.</summary>
    public EquatableArray<CalicoRule>? Egress { get; init; }

    /// <summary><c>types</c>; absent is derived from the rules (§1.6).</summary>
    public EquatableArray<string>? Types { get; init; }

    /// <summary><c>doNotTrack</c>; global kinds only.</summary>
    public bool? DoNotTrack { get; init; }

    /// <summary><c>preDNAT</c>; global kinds only.</summary>
    public bool? PreDnat { get; init; }

    /// <summary><c>applyOnForward</c>; global kinds only.</summary>
    public bool? ApplyOnForward { get; init; }

    /// <summary><c>performanceHints</c>; never change a verdict.</summary>
    public EquatableArray<string>? PerformanceHints { get; init; }

    /// <summary><c>stagedAction</c>; staged kinds only; absent means <c>Set</c>.</summary>
    public string? StagedAction { get; init; }
}
