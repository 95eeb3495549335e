using NetPolicy.Diagnostics;

namespace NetPolicy.Fuzz.Checks;

/// <summary>Every finding is one line, about a place that exists.</summary>
internal static class Places
{
    private const int LongestMessage = 1_200;

    public static void Check(IEnumerable<Diagnostic> diagnostics, string text, int documents)
    {
        SourceText? source = null;
        Dictionary<int, int> lengths = [];
        foreach (Diagnostic diagnostic in diagnostics)
        {
            source ??= new SourceText("f", text);
            Check(diagnostic.Span, source, lengths, diagnostic);
            foreach (SourceSpan related in diagnostic.Related)
            {
                Check(related, source, lengths, diagnostic);
            }

            Hold.That(diagnostic.Document is null || diagnostic.Document >= 0, "documents are counted from zero", diagnostic.ToString());
            Hold.That(!diagnostic.Message.Any(char.IsControl), "a message is one line", Hold.Cut(diagnostic.ToString()));
            Hold.That(diagnostic.Message.Length is > 0 and <= LongestMessage, "a message is short", Hold.Cut(diagnostic.ToString()));
            Hold.That(!char.IsUpper(diagnostic.Message[0]) || char.IsUpper(diagnostic.Message.Length > 1 ? diagnostic.Message[1] : 'A') || IsName(diagnostic.Message, text), "a message starts in lower case", Hold.Cut(diagnostic.Message));
            Hold.That(!diagnostic.Message.EndsWith('.') || diagnostic.Message.EndsWith("...", StringComparison.Ordinal), "a message has no final period", Hold.Cut(diagnostic.Message));
            Hold.That(diagnostic.Help.Length > 0, "a finding says what to do", diagnostic.ToString());
        }

        Hold.That(source is null || documents > 0, "findings belong to documents", "none was counted");
    }

    // Some findings begin with the kind of what they are about.
    private static bool IsName(string message, string text) => message.IndexOf(' ', StringComparison.Ordinal) is var end && end > 0 && text.Contains(message[..end], StringComparison.Ordinal);

    private static void Check(SourceSpan span, SourceText source, Dictionary<int, int> lengths, Diagnostic diagnostic)
    {
        if (!lengths.TryGetValue(span.Line, out int length))
        {
            lengths[span.Line] = length = source.Line(span.Line).Length;
        }

        Hold.That(
            span.IsKnown && span.File == "f" && span.Line <= source.LineCount && span.Column >= 1 && span.Column <= length + 2,
            "a finding has a place in the file",
            Hold.Cut($"{diagnostic}; the file has {source.LineCount} lines, this one {length} characters"));
        Hold.That(span.EndLine > span.Line || (span.EndLine == span.Line && span.EndColumn >= span.Column), "a place ends after it starts", Hold.Cut($"{diagnostic}: {span.EndLine}:{span.EndColumn}"));
    }
}
