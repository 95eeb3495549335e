using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>A list.</summary>
internal sealed class SequenceNode(SourceSpan span, List<ManifestNode> items) : ManifestNode(span)
{
    public IReadOnlyList<ManifestNode> Items => items;

    public override string Description => "a list";
}
