using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>A piece of a document, in YAML or JSON, with its place: what codecs read from and write to.</summary>
internal abstract class ManifestNode(SourceSpan span)
{
    /// <summary>Where it is written; unknown for nodes that are about to be written.</summary>
    public SourceSpan Span { get; } = span;

    /// <summary>True for a null scalar, which every field treats as absent.</summary>
    public virtual bool IsNull => false;

    /// <summary>What a message calls it: <c>a list</c>, <c>text `80`</c>.</summary>
    public abstract string Description { get; }
}
