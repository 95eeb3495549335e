using System.Globalization;
using System.Text;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>Where a codec stands in a document, and where it reports to.</summary>
internal sealed class ReadContext(ReadState state, UnknownFields unknownFields, string? typeReason = null)
{
    private readonly List<(string? Name, int Index)> _path = [];

    public ReadState State => state;

    public UnknownFields UnknownFields => unknownFields;

    /// <summary>The shapes around the field being read, outermost first; for hints about indentation.</summary>
    public List<IFieldNames> Shapes { get; } = [];

    /// <summary>True once something was reported as an error.</summary>
    public bool HasErrors { get; private set; }

    public void Enter(string field) => _path.Add((field, 0));

    public void Enter(int index) => _path.Add((null, index));

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    public void Report(DiagnosticDescriptor descriptor, SourceSpan span, string message, string? help = null)
    {
        HasErrors |= descriptor.Severity == DiagnosticSeverity.Error;
        bool isOfType = descriptor == Findings.WrongType || descriptor == Findings.UnquotedText || descriptor == Findings.NumberOutOfRange;
        state.Report(descriptor, message, span, PathText(), help, reason: isOfType ? typeReason : null);
    }

    /// <summary>Notes an error that somebody else has reported.</summary>
    public void Spoil() => HasErrors = true;

    private string PathText()
    {
        StringBuilder text = new();
        foreach ((string? name, int index) in _path)
        {
            if (name is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(name);
            }
        }

        return text.ToString();
    }
}
