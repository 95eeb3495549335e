using System.Text.Json;
using NetPolicy.Diagnostics;

namespace NetPolicy.Cli.Output;

/// <summary>Findings in the shape of the contract.</summary>
internal static class FindingsJson
{
    public static void Write(Utf8JsonWriter json, int documents, IEnumerable<Diagnostic> findings, Action<Utf8JsonWriter, Diagnostic>? more = null)
    {
        json.WriteStartObject();
        json.WriteNumber("documents", documents);
        json.WriteStartArray("findings");
        foreach (Diagnostic finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("file", finding.Span.File);
            if (finding.Document is { } document)
            {
                json.WriteNumber("document", document);
            }

            if (finding.Span.IsKnown)
            {
                json.WriteNumber("line", finding.Span.Line);
                json.WriteNumber("column", finding.Span.Column);
            }

            json.WriteString("severity", Severity(finding.Severity));
            json.WriteString("id", finding.Id);
            FlowJson.WriteOptional(json, "path", finding.Path);
            FlowJson.WriteOptional(json, "reason", finding.Reason);
            json.WriteString("message", finding.Message);
            json.WriteString("help", finding.Help);
            more?.Invoke(json, finding);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Severity(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "info",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };
}
