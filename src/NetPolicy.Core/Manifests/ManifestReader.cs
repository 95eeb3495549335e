using System.Text;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests;

/// <summary>
/// Reads YAML and JSON documents. Whatever the text holds, the result is documents and diagnostics; nothing throws because of it.
/// </summary>
/// <remarks>Stateless; may be used from several threads at once.</remarks>
public static class ManifestReader
{
    /// <summary>Reads a text of one or several documents.</summary>
    /// <param name="text">YAML, or JSON if its first character that is not blank is <c>{</c> or <c>[</c>.</param>
    /// <param name="file">The name to report places with.</param>
    /// <param name="options">Limits.</param>
    public static ManifestReadResult Read(string text, string? file = null, ManifestReadOptions? options = null) =>
        new TextReading(file, options).Read(text);

    /// <summary>Reads UTF-8 text of one or several documents; a byte order mark is passed over.</summary>
    /// <inheritdoc cref="Read(string, string?, ManifestReadOptions?)"/>
    public static ManifestReadResult Read(ReadOnlyMemory<byte> utf8, string? file = null, ManifestReadOptions? options = null) =>
        new TextReading(file, options).Read(utf8);

    /// <summary>Reads UTF-8 text of one or several documents from a stream, JSON in pieces: of a List one item is in memory at a time.</summary>
    /// <param name="utf8">The text, from where the stream stands to its end. Not disposed.</param>
    /// <param name="file">The name to report places with.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static ManifestReadResult Read(Stream utf8, string? file = null, ManifestReadOptions? options = null) =>
        new TextReading(file, options).Read(utf8);

    /// <summary>Reads files and folders: of a folder all <c>.yaml</c>, <c>.yml</c> and <c>.json</c> files, sub-folders included, in ordinal order.</summary>
    /// <remarks>
    /// <c>-</c> is <paramref name="standardInput"/>. A file that several paths lead to is read once. Sub-folders that are links or whose names begin with a dot are passed over.
    /// A path that does not exist or cannot be read is a diagnostic.
    /// </remarks>
    /// <param name="paths">Files and folders, in the order in which their documents come.</param>
    /// <param name="standardInput">What <c>-</c> means; null if it means nothing.</param>
    /// <param name="options">Limits, for each file.</param>
    public static ManifestReadResult ReadPaths(IEnumerable<string> paths, TextReader? standardInput = null, ManifestReadOptions? options = null) =>
        new PathReading(standardInput, options ?? ManifestReadOptions.Default).Read(paths);
}
