using NetPolicy.Collections;
using NetPolicy.Engine;

namespace NetPolicy.Diagnostics;

/// <summary>One finding about what a user wrote.</summary>
/// <param name="Descriptor">The kind of finding.</param>
/// <param name="Message">One line: what was found, then what was expected.</param>
/// <param name="Span">Where it is written.</param>
public sealed record Diagnostic(DiagnosticDescriptor Descriptor, string Message, SourceSpan Span)
{
    /// <summary>One line: what was found, then what was expected. Of a long text in backticks only the beginning is kept. Characters of users' text that a terminal would act on or not show are written as <c>\u001B</c>.</summary>
    public string Message { get; init => field = Visible.Message(value); } = Visible.Message(Message);

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

    internal static string Word(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "info",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };
}
