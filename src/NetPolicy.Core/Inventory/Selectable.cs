using NetPolicy.Labels;
using NetPolicy.Manifests;

namespace NetPolicy.Inventory;

/// <summary>What a selector in a rule can mean: an endpoint or a network set.</summary>
public abstract class Selectable
{
    internal Selectable(Manifest source) => Source = source;

    /// <summary>The document it comes from.</summary>
    public Manifest Source { get; }

    /// <summary>Dense index in its <see cref="Cluster"/>; valid for that cluster only.</summary>
    public int Index { get; internal set; }

    /// <summary>How flows and reports address it: <c>ns/pod</c>, <c>deployment:ns/name</c>, <c>hostendpoint:name</c>, <c>networkset:ns/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace, or null for what has none.</summary>
    public required string? Namespace { get; init; }

    /// <summary>Labels as Calico's selectors see them (Calico specification §3.1).</summary>
    public required LabelSet EffectiveLabels { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
