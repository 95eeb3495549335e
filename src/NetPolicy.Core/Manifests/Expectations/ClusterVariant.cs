using NetPolicy.Collections;

namespace NetPolicy.Manifests.Expectations;

/// <summary>Labels to add or replace in a cluster; a null value removes the label.</summary>
public sealed record ClusterVariant
{
    /// <summary><c>namespaceLabels</c>: by namespace name.</summary>
    public EquatableMap<EquatableMap<string?>> NamespaceLabels { get; init; }

    /// <summary><c>podLabels</c>: by <c>namespace/pod</c>.</summary>
    public EquatableMap<EquatableMap<string?>> PodLabels { get; init; }
}
