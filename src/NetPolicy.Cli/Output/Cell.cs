using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Output;

/// <summary>A cell of a <see cref="Table"/>.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Colour">Its colour on a terminal.</param>
internal readonly record struct Cell(string Text, Func<string, string>? Colour = null)
{
    /// <summary>The text in its colour.</summary>
    public string Painted => Colour is null ? Text : Colour(Text);

    public static implicit operator Cell(string text) => new(text);

    /// <summary>A verdict.</summary>
    public static Cell Of(bool isAllowed) => isAllowed ? new Cell("allow", Paint.Good) : new Cell("deny", Paint.Mild);

    /// <summary>What was found where <paramref name="isAllowed"/> was to be; a dash if nothing was asked, a mark if it differs.</summary>
    public static Cell Of(LabFinding? finding, bool isAllowed) => finding switch
    {
        null => new Cell("-", Paint.Faint),
        { Verdict: Verdict.Undecided } => new Cell("strayed!", Paint.Bad),
        { Verdict: var verdict } when verdict == Verdict.Allow == isAllowed => Of(isAllowed),
        { Verdict: Verdict.Allow } => new Cell("allow!", Paint.Bad),
        _ => new Cell("deny!", Paint.Bad),
    };
}
