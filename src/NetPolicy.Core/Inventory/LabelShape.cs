using NetPolicy.Collections;
using NetPolicy.Labels;

namespace NetPolicy.Inventory;

/// <summary>
/// All that selectors, programs and port names can see of an endpoint or network set. Members that look the same share one instance
/// while their cluster's store lives, so what depends on it is worked out once per shape. Immutable.
/// </summary>
internal sealed class LabelShape
{
    private readonly object?[] _inherited;
    private readonly string? _orchestrator;
    private readonly string? _account;
    private KeyValuePair<string, string>[]? _effective;

    public LabelShape(in ShapeKey key, EquatableArray<NamedPort> ports, LabelSet namespaceLabels, object?[] inherited)
    {
        Kind = key.Kind;
        Namespace = key.Namespace;
        Labels = key.Labels;
        NamespaceLabels = namespaceLabels;
        Profiles = key.Profiles;
        Ports = ports;
        Hash = key.Hash;
        _orchestrator = key.Orchestrator;
        _account = key.Account;
        _inherited = inherited;
    }

    /// <summary>What the endpoints are; null for network sets.</summary>
    public EndpointKind? Kind { get; }

    /// <summary>True if Kubernetes selectors can mean them.</summary>
    public bool IsPod => Kind is EndpointKind.Pod or EndpointKind.Workload;

    /// <summary>Their namespace, or null for what has none.</summary>
    public string? Namespace { get; }

    /// <summary>Labels as written on the object.</summary>
    public LabelSet Labels { get; }

    /// <summary>Labels of their Namespace; empty for what has none and for sets.</summary>
    public LabelSet NamespaceLabels { get; }

    /// <summary>Labels as Calico's selectors see them. Composed when first asked for, O(labels).</summary>
    public LabelSet EffectiveLabels
    {
        get
        {
            _effective ??= Compose().Entries.Sorted;
            return new LabelSet(EquatableMap<string>.FromSorted(_effective));
        }
    }

    /// <summary>Names of their profiles, in order.</summary>
    public EquatableArray<string> Profiles { get; }

    /// <summary>Named ports.</summary>
    public EquatableArray<NamedPort> Ports { get; }

    /// <summary>How many members of the store's current cluster have it; the store's business alone.</summary>
    internal int References { get; set; }

    /// <summary>Hash of <see cref="Key"/>.</summary>
    internal int Hash { get; }

    /// <summary>What it was made for.</summary>
    internal ShapeKey Key => new(Kind, Namespace, Labels, _orchestrator, _account, Profiles, Ports, Hash);

    /// <summary>True if nobody could tell the two apart.</summary>
    internal bool LooksLike(LabelShape other) =>
        Key.Equals(other.Key) && NamespaceLabels == other.NamespaceLabels && EffectiveLabels == other.EffectiveLabels;

    // Own label beats profile label; among profiles the first listed wins.
    private LabelSet Compose()
    {
        LabelSet own = _orchestrator is not null ? LabelMerge.OfWorkload(Labels, Namespace!, _orchestrator, _account)
            : Kind is null && Namespace is not null ? LabelMerge.With(Labels, Policies.Normalization.CalicoNormalizer.NamespaceLabel, Namespace)
            : Labels;
        foreach (object? profile in _inherited)
        {
            own = LabelMerge.Over(own, BuiltInProfile.LabelsOf(profile));
        }

        return own;
    }
}
