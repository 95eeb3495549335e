using System.Text.Json;
using NetPolicy.Diagnostics;

namespace NetPolicy.Cli.Output;

/// <summary>Findings as SARIF 2.1.0, which code hosts show beside the lines.</summary>
internal static class SarifJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyCollection<Diagnostic> findings)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, findings);
        json.WriteStartArray("results");
        foreach (Diagnostic finding in findings)
        {
            Write(json, finding);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, IReadOnlyCollection<Diagnostic> findings)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "netpol");
        json.WriteStartArray("rules");
        foreach (DiagnosticDescriptor descriptor in findings.Select(f => f.Descriptor).DistinctBy(d => d.Id).OrderBy(d => d.Id, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id", descriptor.Id);
            WriteText(json, "shortDescription", descriptor.Title);
            WriteText(json, "help", descriptor.Help);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Diagnostic finding)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Id);
        json.WriteString("level", finding.Severity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            DiagnosticSeverity.Info => "note",
            _ => throw new ArgumentOutOfRangeException(nameof(finding)),
        });
        WriteText(json, "message", finding.Message);
        if (finding.Span.File is { } file)
        {
            json.WriteStartArray("locations");
            json.WriteStartObject();
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", file.Replace('\\', '/'));
            json.WriteEndObject();
            if (finding.Span.IsKnown)
            {
                json.WriteStartObject("region");
                json.WriteNumber("startLine", finding.Span.Line);
                json.WriteNumber("startColumn", finding.Span.Column);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
