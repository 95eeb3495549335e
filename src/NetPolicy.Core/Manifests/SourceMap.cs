using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests;

/// <summary>Where the fields of a document are written: in YAML, in JSON, or in C#.</summary>
/// <remarks>All source maps are equal to each other, so that documents compare by content and not by where they stand.</remarks>
public abstract class SourceMap : IEquatable<SourceMap>
{
    /// <summary>Knows no place.</summary>
    public static SourceMap None { get; } = new Unknown();

    /// <summary>The file, as the user named it; null if the text came from elsewhere.</summary>
    public abstract string? File { get; }

    /// <summary>Zero-based index of the document in its file.</summary>
    public abstract int Document { get; }

    /// <summary>
    /// The place of a field such as <c>spec.ingress[0].ports[1].port</c>; of the nearest enclosing field that is written if it is not.
    /// The empty path is the document.
    /// </summary>
    public abstract SourceSpan Find(string path);

    /// <summary>Always true: see the remarks of the type.</summary>
    public bool Equals(SourceMap? other) => other is not null;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => obj is SourceMap;

    /// <inheritdoc/>
    public sealed override int GetHashCode() => 0;

    private sealed class Unknown : SourceMap
    {
        public override string? File => null;

        public override int Document => 0;

        public override SourceSpan Find(string path) => default;
    }
}
