using System.Buffers;
using System.Globalization;
using System.Text;
using NetPolicy.Collections;
using NetPolicy.Engine;

namespace NetPolicy.Diagnostics;

/// <summary>One finding about what a user wrote.</summary>
/// <param name="Descriptor">The kind of finding.</param>
/// <param name="Message">One line: what was found, then what was expected.</param>
/// <param name="Span">Where it is written.</param>
public sealed record Diagnostic(DiagnosticDescriptor Descriptor, string Message, SourceSpan Span)
{
    /// <summary>One line: what was found, then what was expected. Control characters of what a user wrote are written as <c>\u000A</c>.</summary>
    public string Message { get; init => field = OneLine(value); } = OneLine(Message);

    private static readonly SearchValues<char> s_controls =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(i => (char)i).Where(char.IsControl), '\u2028', '\u2029']);

    /// <summary>Stable id such as <c>NP2103</c>.</summary>
    public string Id => Descriptor.Id;

    /// <summary>Severity; the descriptor's unless a mode changed it.</summary>
    public DiagnosticSeverity Severity { get; init; } = Descriptor.Severity;

    /// <summary>The API server's field path, such as <c>spec.ingress[0].ports[0].port</c>; null for findings about no field.</summary>
    public string? Path { get; init; }

    /// <summary>The API server's cause, such as <c>FieldValueInvalid</c>; null where it has none.</summary>
    public string? Reason { get; init; }

    /// <summary>Zero-based index of the document in its file, or null if there is none.</summary>
    public int? Document { get; init; }

    /// <summary>Other places that belong to the finding, such as the first of two duplicates.</summary>
    public EquatableArray<SourceSpan> Related { get; init; }

    /// <summary>A flow that shows the finding, in the words of <c>netpol eval --flows</c>; null if none does.</summary>
    public FlowRequest? Witness { get; init; }

    /// <summary>What to do, when it can be said more exactly than the descriptor does.</summary>
    public string Help { get; init; } = Descriptor.Help;

    /// <summary><c>file:line:column: error NP2103: message</c>.</summary>
    public override string ToString() => $"{Span}: {Word(Severity)} {Id}: {Message}";

    private static string OneLine(string message)
    {
        if (!message.AsSpan().ContainsAny(s_controls))
        {
            return message;
        }

        StringBuilder line = new(message.Length + 16);
        foreach (char c in message)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            }
            else
            {
                line.Append(c);
            }
        }

        return line.ToString();
    }

    internal static string Word(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "info",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };
}
