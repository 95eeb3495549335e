namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>A ruleset with one thing changed.</summary>
/// <param name="Kind">What was changed, in a word or two.</param>
/// <param name="Line">The line of the change, counted from 1.</param>
/// <param name="Before">What stood there; empty: nothing.</param>
/// <param name="After">What stands there now; empty: nothing.</param>
/// <param name="Text">The whole changed text. It parses, and means something else than the original.</param>
public sealed record RulesetMutation(string Kind, int Line, string Before, string After, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, {Kind}: `{Before}` became `{After}`";
}
