namespace NetPolicy.Cli.Tests.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Line">Zero-based line of the opening fence.</param>
/// <param name="End">Zero-based line of the closing fence.</param>
/// <param name="Language">What stands behind the opening fence.</param>
/// <param name="Marker">The text of the HTML comment on the line before the block, or before the blank line before it; empty if there is none.</param>
internal sealed record MarkdownBlock(int Line, int End, string Language, string Marker, string Text)
{
    /// <summary>What follows <paramref name="name"/> and a colon in the marker; null if the marker is another one.</summary>
    public string? Marked(string name) =>
        Marker.StartsWith(name + ":", StringComparison.Ordinal) ? Marker[(name.Length + 1)..].Trim() : null;
}
