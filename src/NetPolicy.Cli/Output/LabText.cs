using System.Globalization;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Cli.Output;

/// <summary>A comparison for people: what passes between each two ends, or each connection, and what differs.</summary>
internal static class LabText
{
    private const int MostPorts = 4;

    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="filter">Which connections are listed one by one; null for a line per pair of ends.</param>
    public static void Write(TextWriter output, LabComparison comparison, ConnectionFilter? filter)
    {
        if (filter is not null)
        {
            ConnectionTable.Write(output, comparison.Rows.Where(filter.Matches));
        }
        else
        {
            WritePairs(output, comparison);
        }

        output.WriteLine();
        foreach (LabComparisonRow row in comparison.Mismatches)
        {
            output.WriteLine($"{Paint.Bad("differs")}  {row}");
        }

        foreach (IGrouping<string, LabComparisonRow> reason in comparison.Rows.Where(row => !row.IsTried).GroupBy(row => row.WhyNot!).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{Paint.Mild("not tried")}  {Count(reason.Count(), "flow")}: {reason.Key}");
        }

        int nodes = comparison.World.Topology.Nodes.Count, pods = comparison.World.Topology.Pods.Count;
        int tried = comparison.Rows.Count(row => row.IsTried), differ = comparison.Mismatches.Count();
        string sockets = comparison.Rows.Any(row => row.Sockets is not null) ? " = sockets" : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tried} flows between {Count(pods, "pod")} on {Count(nodes, "node")} and the outside: {(differ == 0 ? $"engine = nftables = packets{sockets}" : $"{differ} differ")}"));
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static void WritePairs(TextWriter output, LabComparison comparison)
    {
        Table table = new("from", "to", "passes", "stopped");
        foreach (IGrouping<(string, string), LabComparisonRow> pair in comparison.Rows.Where(row => row.IsTried).GroupBy(row => (row.Request.From, row.Request.To)))
        {
            LabComparisonRow[] open = [.. pair.Where(row => row.Engine.IsAllowed)], closed = [.. pair.Where(row => !row.Engine.IsAllowed)];
            table.Add(
                pair.Key.Item1, pair.Key.Item2,
                new Cell(closed.Length == 0 ? "all" : Ports(open), Paint.Good),
                new Cell(open.Length == 0 ? "all" : Ports(closed), Paint.Mild));
        }

        table.Write(output);
    }

    private static string Ports(IEnumerable<LabComparisonRow> rows)
    {
        string[] ports = [.. rows.Select(row => ConnectionTable.PortOf(row.Request)).Distinct()];
        return ports.Length == 0 ? "-"
            : ports.Length <= MostPorts ? string.Join(' ', ports)
            : string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', ports.Take(MostPorts))} and {ports.Length - MostPorts} more");
    }
}
