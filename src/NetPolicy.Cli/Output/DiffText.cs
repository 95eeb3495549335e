using NetPolicy.Analysis;

namespace NetPolicy.Cli.Output;

/// <summary>A comparison for people: what opened, what closed, and one flow that shows it.</summary>
internal static class DiffText
{
    public static void Write(TextWriter output, SemanticDiff diff) => Write(output, diff, "before", "after", static _ => null);

    /// <summary>The same with other names for the two worlds.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="diff">The comparison.</param>
    /// <param name="before">The first world.</param>
    /// <param name="after">The second world.</param>
    /// <param name="why">Why the witness is answered as it is in the second world; null to leave it out.</param>
    public static void Write(TextWriter output, SemanticDiff diff, string before, string after, Func<ConnectionChange, string?> why)
    {
        if (diff.Changes.Count == 0)
        {
            output.WriteLine("no connection changes");
            return;
        }

        HashSet<ConnectivityGroup> used = [.. diff.Changes.SelectMany(c => new[] { c.From, c.To })];
        ConnectivityText.WriteGroups(output, diff.Groups.Where(used.Contains));
        output.WriteLine();
        foreach (ConnectionChange change in diff.Changes)
        {
            output.WriteLine(Paint.Strong($"{change.From.Id} -> {change.To.Id}"));
            if (change.ChangesVerdict)
            {
                output.WriteLine($"  {before.PadRight(7)} {change.Old}");
                output.WriteLine($"  {after.PadRight(7)} {change.New}");
            }

            foreach (EndChange end in change.Ends)
            {
                output.WriteLine($"  {Words.Of(end.End)} end {Words.Of(end.Old)} -> {Words.Of(end.New)}: {end.Traffic}");
            }

            output.WriteLine($"  for example {FlowText.Of(change.Witness)}{(why(change) is { } reason ? $": {reason}" : "")}");
        }

        int verdicts = diff.Changes.Count(c => c.ChangesVerdict);
        output.WriteLine();
        output.WriteLine($"{verdicts} of {diff.Changes.Count} listed pairs change what passes");
    }
}
