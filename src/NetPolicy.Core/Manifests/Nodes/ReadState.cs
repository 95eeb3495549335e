using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>What reading one text collects: its diagnostics, and which warnings were already given.</summary>
internal sealed class ReadState(string? file, ManifestReadOptions options)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private int _values;

    public string? File => file;

    public ManifestReadOptions Options => options;

    public List<Diagnostic> Diagnostics { get; } = [];

    /// <summary>The document being read, zero-based.</summary>
    public int Document { get; set; }

    /// <summary>True once the text held more values than the limit.</summary>
    public bool IsFull => _values > options.MaxValues;

    public void Report(DiagnosticDescriptor descriptor, string message, SourceSpan span, string? path = null, string? help = null, SourceSpan? related = null, string? reason = null)
    {
        if (Diagnostics.Count > options.MaxFindings)
        {
            return;
        }

        if (Diagnostics.Count == options.MaxFindings)
        {
            descriptor = Findings.TextTooLarge;
            message = $"more than {options.MaxFindings} findings, the others are left out";
            help = "correct what is reported first";
            (path, related, reason) = (null, null, null);
        }

        Diagnostics.Add(new Diagnostic(descriptor, message, span)
        {
            Path = path,
            Reason = reason,
            Document = Document,
            Help = help ?? descriptor.Help,
            Related = related is { } other ? [other] : [],
        });
    }

    /// <summary>Counts a value; false, and reported, if the text holds too many.</summary>
    public bool CountValue(SourceSpan span)
    {
        if (_values++ < options.MaxValues)
        {
            return true;
        }

        if (_values == options.MaxValues + 1)
        {
            Report(Findings.TextTooLarge, $"text holds more than {options.MaxValues} values", span);
        }

        return false;
    }

    /// <summary>Reports a value that is longer than the limit.</summary>
    public void ReportTooLong(string what, SourceSpan span) =>
        Report(Findings.TextTooLarge, $"{what} is longer than {options.MaxValueLength} characters", span, help: "no field of these documents holds that much; check that its quotes or its block end");

    /// <summary>Reports what is worth saying once per file only; <paramref name="topic"/> tells one matter from another.</summary>
    public void ReportOnce(string topic, DiagnosticDescriptor descriptor, string message, SourceSpan span)
    {
        if (_said.Add(topic))
        {
            Report(descriptor, message, span);
        }
    }
}
