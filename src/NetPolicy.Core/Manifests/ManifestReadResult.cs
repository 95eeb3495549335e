using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests;

/// <summary>What was found in a text, a file, or several.</summary>
/// <param name="Manifests">Documents without errors, in written order; <c>Expectation</c> documents are among them.</param>
/// <param name="Diagnostics">Everything there is to say about the text.</param>
/// <param name="DocumentCount">Documents with content, including those skipped or not readable; a List counts once.</param>
public sealed record ManifestReadResult(EquatableArray<Manifest> Manifests, EquatableArray<Diagnostic> Diagnostics, int DocumentCount)
{
    /// <summary>
    /// What could be read of documents with errors: for further validation and to know their subjects, never to allow anything.
    /// </summary>
    public EquatableArray<Manifest> Damaged { get; init; }

    /// <summary>True if a diagnostic is an error.</summary>
    public bool HasErrors => Diagnostics.AsEnumerable().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    internal static ManifestReadResult Join(IReadOnlyCollection<ManifestReadResult> results) => new(
        results.SelectMany(result => result.Manifests).ToEquatableArray(),
        results.SelectMany(result => result.Diagnostics).ToEquatableArray(),
        results.Sum(result => result.DocumentCount))
    {
        Damaged = results.SelectMany(result => result.Damaged).ToEquatableArray(),
    };
}
