using NetPolicy.Cli.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Demo.Output;

/// <summary>Every connection of a probe run.</summary>
internal static class ConnectionList
{
    /// <summary>Writes those that the filter chooses, if there are any.</summary>
    public static void Write(TextWriter output, string scenario, StageReport report, ConnectionFilter filter)
    {
        LabComparisonRow[] chosen = [.. report.Comparison.Rows.Where(filter.Matches)];
        if (chosen.Length == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(Paint.Strong($"{scenario}, {report.Stage.Title}: {chosen.Length:N0} of {report.Comparison.Rows.Count:N0} connections"));
        Table table = new("from", "to", "port", "ip", "verdict", "packets", "decided by");
        foreach (LabComparisonRow row in chosen)
        {
            table.Add(
                row.Request.From, row.Request.To, Names.PortOf(row.Request), Names.FamilyOf(row.Request),
                Cell.Of(row.Engine.IsAllowed), Cell.Of(row.Packets, row.Engine.IsAllowed), Names.Decider(row));
        }

        table.Write(output);
    }
}
