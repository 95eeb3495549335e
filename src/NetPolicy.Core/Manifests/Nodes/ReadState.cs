using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>What reading one text collects: its diagnostics, and which warnings were already given.</summary>
internal sealed class ReadState(string? file, ManifestReadOptions options)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    public string? File => file;

    public ManifestReadOptions Options => options;

    public List<Diagnostic> Diagnostics { get; } = [];

    /// <summary>The document being read, zero-based.</summary>
    public int Document { get; set; }

    public void Report(DiagnosticDescriptor descriptor, string message, SourceSpan span, string? path = null, string? help = null, SourceSpan? related = null) =>
        Diagnostics.Add(new Diagnostic(descriptor, message, span)
        {
            Path = path,
            Document = Document,
            Help = help ?? descriptor.Help,
            Related = related is { } other ? [other] : [],
        });

    /// <summary>Reports what is worth saying once per file only; <paramref name="topic"/> tells one matter from another.</summary>
    public void ReportOnce(string topic, DiagnosticDescriptor descriptor, string message, SourceSpan span)
    {
        if (_said.Add(topic))
        {
            Report(descriptor, message, span);
        }
    }
}
