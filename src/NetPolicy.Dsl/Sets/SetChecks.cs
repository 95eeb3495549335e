using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Validation;

namespace NetPolicy.Dsl;

/// <summary>What is checked of the documents of a set together.</summary>
internal static class SetChecks
{
    /// <summary>True if the text is a name that any file system takes.</summary>
    public static bool IsFileName(string name) =>
        name.Length is > 0 and <= 200 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>The documents without those that a shared part brings a second time: equal, and from the same line.</summary>
    public static EquatableArray<Manifest> WithoutRepetitions(IEnumerable<Manifest> documents)
    {
        HashSet<(Manifest, SourceSpan)> seen = [];
        return [.. documents.Where(d => !d.SpanOf("").IsKnown || seen.Add((d, d.SpanOf(""))))];
    }

    public static IEnumerable<Diagnostic> Of(EquatableArray<Manifest> documents) =>
        [.. DefinedTwice(documents), .. documents.SelectMany(d => Validator.Validate([d]).Select(f => d.Source is CallerSourceMap ? f with { Document = null } : f))];

    private static IEnumerable<Diagnostic> DefinedTwice(EquatableArray<Manifest> documents)
    {
        Dictionary<ObjectId, Manifest> first = [];
        foreach (Manifest document in documents.AsEnumerable())
        {
            if (!first.TryAdd(document.Id, document))
            {
                yield return new Diagnostic(
                    DslDiagnostics.DefinedTwice,
                    $"`{document.Id}` is defined twice, expected one definition; the other is at {first[document.Id].SpanOf("")}",
                    document.SpanOf("metadata.name"))
                {
                    Path = "metadata.name",
                    Related = [first[document.Id].SpanOf("metadata.name")],
                };
            }
        }
    }
}
