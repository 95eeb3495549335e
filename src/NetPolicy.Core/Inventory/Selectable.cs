using NetPolicy.Labels;
using NetPolicy.Manifests;

namespace NetPolicy.Inventory;

/// <summary>What a selector in a rule can mean: an endpoint or a network set.</summary>
public abstract class Selectable
{
    internal Selectable(Manifest source, LabelShape shape)
    {
        Source = source;
        Shape = shape;
    }

    /// <summary>The document it comes from.</summary>
    public Manifest Source { get; }

    /// <summary>Its place in its <see cref="Cluster"/>: kept while something of its name exists, then free for another.</summary>
    public int Index { get; internal set; }

    /// <summary>How flows and reports address it: <c>ns/pod</c>, <c>deployment:ns/name</c>, <c>hostendpoint:name</c>, <c>networkset:ns/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace, or null for what has none.</summary>
    public string? Namespace => Shape.Namespace;

    /// <summary>Labels as Calico's selectors see them (Calico specification §3.1).</summary>
    public LabelSet EffectiveLabels => Shape.EffectiveLabels;

    /// <summary>What selectors see of it; shared with those that look the same.</summary>
    internal LabelShape Shape { get; }

    /// <summary><see cref="Index"/> as the only element: the members of what belongs to nothing else. Not to be written.</summary>
    internal int[] Alone { get; set; } = [];

    /// <summary>The same with another shape.</summary>
    internal abstract Selectable With(LabelShape shape);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
