using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>The document being validated, and where its findings go.</summary>
internal sealed class ValidationContext(Manifest manifest, ValidationOptions options, List<Diagnostic> findings)
{
    public ValidationOptions Options => options;

    public void Add(DiagnosticDescriptor descriptor, FieldPath path, string cause, string message) =>
        Add(descriptor, path, cause, message, descriptor.Severity);

    public void Add(DiagnosticDescriptor descriptor, FieldPath path, string cause, string message, DiagnosticSeverity severity)
    {
        string text = path.ToString();
        findings.Add(new Diagnostic(descriptor, message, manifest.SpanOf(text))
        {
            Severity = severity,
            Path = text,
            Reason = cause,
            Document = manifest.Source.Document,
        });
    }

    /// <summary>One finding per broken part of the rule, as the API server reports it.</summary>
    public void AddEach(DiagnosticDescriptor descriptor, FieldPath path, string what, string value, IEnumerable<string> faults)
    {
        foreach (string fault in faults)
        {
            Add(descriptor, path, Cause.Invalid, $"{what} `{ScalarNode.Shorten(value)}` {fault}");
        }
    }
}
