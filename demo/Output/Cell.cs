using NetPolicy.Cli.Output;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;

namespace NetPolicy.Demo.Output;

/// <summary>A cell of a <see cref="Table"/>.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Paint">Its colour on a terminal.</param>
internal readonly record struct Cell(string Text, Func<string, string>? Paint = null)
{
    /// <summary>The text in its colour.</summary>
    public string Painted => Paint is null ? Text : Paint(Text);

    public static implicit operator Cell(string text) => new(text);

    /// <summary>A verdict.</summary>
    public static Cell Of(bool isAllowed) => isAllowed ? new Cell("allow", Cli.Output.Paint.Good) : new Cell("deny", Cli.Output.Paint.Mild);

    /// <summary>A finding of one of the means; a dash if it was not asked, a mark if it differs.</summary>
    public static Cell Of(LabFinding? finding, bool isAllowed) => finding switch
    {
        null => new Cell("-", Cli.Output.Paint.Faint),
        { Verdict: Verdict.Undecided } => new Cell("strayed!", Cli.Output.Paint.Bad),
        { Verdict: var verdict } when verdict == Verdict.Allow == isAllowed => Of(isAllowed),
        { Verdict: Verdict.Allow } => new Cell("allow!", Cli.Output.Paint.Bad),
        _ => new Cell("deny!", Cli.Output.Paint.Bad),
    };
}
