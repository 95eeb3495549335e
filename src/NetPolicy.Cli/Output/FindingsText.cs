using NetPolicy.Diagnostics;

namespace NetPolicy.Cli.Output;

/// <summary>Findings for people: the line that editors understand, then what to do.</summary>
internal static class FindingsText
{
    public static void Write(TextWriter output, IEnumerable<Diagnostic> findings)
    {
        foreach (Diagnostic finding in findings)
        {
            string text = finding.ToString();
            output.WriteLine(finding.Severity switch
            {
                DiagnosticSeverity.Error => Paint.Bad(text),
                DiagnosticSeverity.Warning => Paint.Mild(text),
                DiagnosticSeverity.Info => text,
                _ => throw new ArgumentOutOfRangeException(nameof(findings)),
            });
            foreach (SourceSpan related in finding.Related)
            {
                output.WriteLine($"    see {related}");
            }

            if (finding.Witness is { } witness)
            {
                output.WriteLine($"    for example {FlowText.Of(witness)}");
            }

            if (finding.Help.Length > 0)
            {
                output.WriteLine(Paint.Faint($"    {finding.Help}"));
            }
        }
    }

    /// <summary>In the order of files, lines and columns.</summary>
    public static IEnumerable<Diagnostic> InOrder(IEnumerable<Diagnostic> findings) => findings
        .OrderBy(d => d.Span.File, StringComparer.Ordinal)
        .ThenBy(d => d.Span.Line)
        .ThenBy(d => d.Span.Column)
        .ThenBy(d => d.Id, StringComparer.Ordinal);

    public static string Summary(int documents, IReadOnlyCollection<Diagnostic> findings)
    {
        int errors = findings.Count(f => f.Severity == DiagnosticSeverity.Error);
        int warnings = findings.Count(f => f.Severity == DiagnosticSeverity.Warning);
        return $"{Count(documents, "document")}, {Count(errors, "error")}, {Count(warnings, "warning")}";
    }

    /// <summary>A number of things, as one says it.</summary>
    public static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
