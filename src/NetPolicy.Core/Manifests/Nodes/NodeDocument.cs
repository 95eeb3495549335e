using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>One document of a text. <see cref="Root"/> is null if it could not be parsed; a diagnostic then says why.</summary>
/// <param name="Index">Zero-based index in the text, documents without content included.</param>
/// <param name="Root">The content.</param>
/// <param name="IsSound">False if something was reported while it was parsed.</param>
internal sealed record NodeDocument(int Index, ManifestNode? Root, bool IsSound);
