using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>What reading one text collects: its diagnostics, and which warnings were already given.</summary>
internal sealed class ReadState(string? file, ManifestReadOptions options, ReadSession session)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly List<Diagnostic> _ofContent = [];
    private readonly List<string> _saidOnTrial = [];
    private Diagnostic? _last;
    private int _values;
    private int _trialStart = -1;

    public ReadState(string? file, ManifestReadOptions options)
        : this(file, options, new ReadSession(options.Progress))
    {
    }

    public string? File => file;

    public ManifestReadOptions Options => options;

    /// <summary>What several texts share.</summary>
    public ReadSession Session => session;

    /// <summary>What was found wrong with the text itself.</summary>
    public List<Diagnostic> Diagnostics { get; } = [];

    /// <summary>How much was found so far.</summary>
    public int FindingCount => Diagnostics.Count + _ofContent.Count;

    /// <summary>True while it is the content of a document that is judged, and not its text: that is reported after all there is to say about the text.</summary>
    public bool IsDecoding { get; set; }

    /// <summary>The document being read, zero-based.</summary>
    public int Document { get; set; }

    /// <summary>True once the text held more values than the limit.</summary>
    public bool IsFull => _values > options.MaxValues;

    /// <summary>Everything that was reported: about the text, then about the content.</summary>
    public IEnumerable<Diagnostic> All => _last is null ? Diagnostics.Concat(_ofContent) : Diagnostics.Concat(_ofContent).Append(_last);

    public void Report(DiagnosticDescriptor descriptor, string message, SourceSpan span, string? path = null, string? help = null, SourceSpan? related = null, string? reason = null)
    {
        if (_last is not null)
        {
            return;
        }

        bool isFull = FindingCount >= options.MaxFindings;
        if (isFull)
        {
            descriptor = Findings.TextTooLarge;
            message = $"more than {options.MaxFindings} findings, the others are left out";
            help = "correct what is reported first";
            (path, related, reason) = (null, null, null);
        }

        Diagnostic finding = new(descriptor, message, span)
        {
            Path = path,
            Reason = reason,
            Document = Document,
            Help = help ?? descriptor.Help,
            Related = related is { } other ? [other] : [],
        };
        if (isFull)
        {
            _last = finding;
        }
        else
        {
            (IsDecoding ? _ofContent : Diagnostics).Add(finding);
        }
    }

    /// <summary>From here on what is said about content may be taken back.</summary>
    public void BeginTrial()
    {
        _trialStart = _ofContent.Count;
        _saidOnTrial.Clear();
    }

    /// <summary>Ends the trial.</summary>
    /// <param name="keep">False to take back what was said.</param>
    public void EndTrial(bool keep)
    {
        if (!keep)
        {
            _ofContent.RemoveRange(_trialStart, _ofContent.Count - _trialStart);
            _said.ExceptWith(_saidOnTrial);
        }

        _trialStart = -1;
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
            if (_trialStart >= 0)
            {
                _saidOnTrial.Add(topic);
            }

            Report(descriptor, message, span);
        }
    }

    /// <summary>Where the fields of an object of this document are written.</summary>
    public SourceMap PlacesOf(MappingNode root) => session.Places.MapOf(root, file, Document);

    /// <summary>More bytes of the text were read.</summary>
    public void Progress(int bytes) => session.Read(file, bytes);
}
