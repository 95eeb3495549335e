using NetPolicy.Analysis;

namespace NetPolicy.Cli.Output;

/// <summary>A comparison for people: what opened, what closed, and one flow that shows it.</summary>
internal static class DiffText
{
    public static void Write(TextWriter output, SemanticDiff diff)
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
                output.WriteLine($"  before  {change.Old}");
                output.WriteLine($"  after   {change.New}");
            }

            foreach (EndChange end in change.Ends)
            {
                output.WriteLine($"  {Words.Of(end.End)} end {Words.Of(end.Old)} -> {Words.Of(end.New)}: {end.Traffic}");
            }

            output.WriteLine($"  for example {FlowText.Of(change.Witness)}");
        }

        int verdicts = diff.Changes.Count(c => c.ChangesVerdict);
        output.WriteLine();
        output.WriteLine($"{verdicts} of {diff.Changes.Count} listed pairs change what passes");
    }
}
