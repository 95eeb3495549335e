using NetPolicy.Collections;
using NetPolicy.Labels;

namespace NetPolicy.Inventory;

/// <summary>
/// All that selectors, programs and port names can see of an endpoint or network set. Members that look the same share one instance
/// while their cluster's store lives, so what depends on it is worked out once per shape.
/// </summary>
internal sealed class LabelShape
{
    /// <summary>What the endpoints are; null for network sets.</summary>
    public required EndpointKind? Kind { get; init; }

    /// <summary>True if Kubernetes selectors can mean them.</summary>
    public bool IsPod => Kind is EndpointKind.Pod or EndpointKind.Workload;

    /// <summary>Their namespace, or null for what has none.</summary>
    public required string? Namespace { get; init; }

    /// <summary>Labels as written on the object.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>Labels of their Namespace; empty if they have none.</summary>
    public LabelSet NamespaceLabels { get; init; }

    /// <summary>Labels as Calico's selectors see them.</summary>
    public LabelSet EffectiveLabels { get; init; }

    /// <summary>Names of their profiles, in order.</summary>
    public EquatableArray<string> Profiles { get; init; }

    /// <summary>Named ports.</summary>
    public EquatableArray<NamedPort> Ports { get; init; }
}
