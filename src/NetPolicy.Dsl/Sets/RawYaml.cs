using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <summary>Documents written as YAML inside C#. They are read when the set is defined and checked like every other document.</summary>
public sealed class RawYaml : IPolicyPart
{
    private readonly string _yaml;
    private readonly SourceLine _line;

    internal RawYaml(string yaml, SourceLine line)
    {
        _yaml = yaml;
        _line = line;
    }

    void IPolicyPart.AddTo(Lowering lowering)
    {
        ManifestReadResult result = ManifestReader.Read(_yaml);
        lowering.Report(result.Diagnostics.Select(d => d with
        {
            Span = RawSourceMap.Move(d.Span, _line),
            // What is skipped when a folder is read would be lost here without a trace.
            Severity = d.Severity == DiagnosticSeverity.Warning && IsSkipped(d) ? DiagnosticSeverity.Error : d.Severity,
        }));
        if (result.Manifests.IsEmpty && result.Diagnostics.IsEmpty)
        {
            lowering.Report(DslDiagnostics.EmptyRaw, "the embedded YAML holds no document, expected at least one", _line);
        }

        foreach (Manifest document in result.Manifests)
        {
            lowering.Add(document with { Source = new RawSourceMap(document.Source, _line) });
        }
    }

    private static bool IsSkipped(Diagnostic finding) => finding.Id == Findings.KindSkipped.Id || finding.Id == Findings.NoKubernetesObject.Id;
}
