using NetPolicy.Cli.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;

namespace NetPolicy.Demo.Output;

/// <summary>The flows of a state that tell most: those that it changes first, and every one that is not as it should be.</summary>
internal static class FlowTable
{
    private const int Changed = 8;
    private const int Kept = 4;

    /// <summary>Writes the table; says how many listed flows it leaves out.</summary>
    public static void Write(TextWriter output, StageReport report)
    {
        FlowLine[] lines = [.. Merge(report)];
        FlowLine[] shown =
        [
            .. lines.Where(line => !line.Agrees),
            .. lines.Where(line => line.Agrees && line.IsChanged).Take(Changed),
            .. lines.Where(line => line.Agrees && !line.IsChanged).OrderByDescending(line => line.IsExpected).Take(Kept),
        ];
        Table table = new("from", "to", "port", "ip", "expected", "engine", "nftables", "packets");
        foreach (FlowLine line in lines.Where(shown.Contains))
        {
            LabComparisonRow row = line.Row;
            bool allowed = line.IsExpected;
            table.Add(
                Names.Of(row.Request.From),
                Names.Of(row.Request.To),
                ConnectionTable.PortOf(row.Request),
                line.Families,
                Cell.Of(allowed),
                Cell.Of(new LabFinding(row.Engine.Verdict, null), allowed),
                Cell.Of(row.Interpreter, allowed),
                Cell.Of(row.Packets, allowed));
        }

        table.Write(output);
        int more = lines.Length - shown.Length;
        if (more > 0)
        {
            output.WriteLine(Paint.Faint($"  and {more} more listed, all as expected"));
        }
    }

    // IPv4 and IPv6 of one flow share a line if they came out the same.
    private static IEnumerable<FlowLine> Merge(StageReport report) =>
        report.Listed
            .Select(one => new FlowLine(one.Row, one.IsExpected, IsChanged(report.Stage, one.Row, one.IsExpected), ConnectionTable.FamilyOf(one.Row.Request)))
            .GroupBy(line => (
                Names.Of(line.Row.Request.From), Names.Of(line.Row.Request.To), ConnectionTable.PortOf(line.Row.Request),
                line.IsExpected, line.Row.Engine.Verdict, line.Row.Interpreter, line.Row.Packets))
            .Select(group => group.First() with { Families = string.Join(',', group.Select(line => line.Families).Distinct().Order(StringComparer.Ordinal)) });

    private static bool IsChanged(Stage stage, LabComparisonRow row, bool isAllowed) =>
        stage.Reference is { } reference
        && (!reference.Snapshot.TryResolve(row.Request, out Flow flow, out _) || reference.Snapshot.Evaluate(flow).IsAllowed != isAllowed);

    private sealed record FlowLine(LabComparisonRow Row, bool IsExpected, bool IsChanged, string Families)
    {
        public bool Agrees => Row.Agrees && Row.Engine.IsAllowed == IsExpected;
    }
}
