using System.Globalization;
using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>Where a codec stands in a document, and where it reports to.</summary>
internal sealed class ReadContext(ReadState state, UnknownFields unknownFields, string? typeReason = null)
{
    // Names; null for an index.
    private string?[] _names = new string?[16];
    private int[] _indexes = new int[16];
    private int _depth;

    public ReadState State => state;

    public UnknownFields UnknownFields => unknownFields;

    /// <summary>The shapes around the field being read, outermost first; for hints about indentation.</summary>
    public List<IFieldNames> Shapes { get; } = [];

    /// <summary>True once something was reported as an error.</summary>
    public bool HasErrors { get; private set; }

    public void Enter(string field) => Enter(field, 0);

    public void Enter(int index) => Enter(null, index);

    public void Leave() => _depth--;

    public void Report(DiagnosticDescriptor descriptor, SourceSpan span, string message, string? help = null)
    {
        HasErrors |= descriptor.Severity == DiagnosticSeverity.Error;
        bool isOfType = descriptor == Findings.WrongType || descriptor == Findings.UnquotedText || descriptor == Findings.NumberOutOfRange;
        state.Report(descriptor, message, span, PathText(), help, reason: isOfType ? typeReason : null);
    }

    /// <summary>Notes an error that somebody else has reported.</summary>
    public void Spoil() => HasErrors = true;

    private void Enter(string? field, int index)
    {
        if (_depth == _names.Length)
        {
            Array.Resize(ref _names, 2 * _depth);
            Array.Resize(ref _indexes, 2 * _depth);
        }

        _names[_depth] = field;
        _indexes[_depth++] = index;
    }

    private string PathText()
    {
        StringBuilder text = new();
        for (int i = 0; i < _depth; i++)
        {
            if (_names[i] is not { } name)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{_indexes[i]}]");
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(name);
            }
        }

        return text.ToString();
    }
}
