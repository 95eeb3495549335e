using NetPolicy.Cli.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Demo.Output;

/// <summary>Connections of real sockets: each passes only if two questions were answered.</summary>
internal static class SocketLines
{
    /// <summary>Writes them.</summary>
    public static void Write(TextWriter output, StageReport report)
    {
        if (report.Sockets.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"  real sockets, {report.Sockets.Count} connections, one of each kind that passes and one that does not:");
        Table table = new("kind", "from", "to", "port", "engine", "sockets");
        foreach (LabComparisonRow row in report.Sockets)
        {
            table.Add(
                FlowKind.Of(report.Stage.Snapshot, row.Request),
                Names.Of(row.Request.From), Names.Of(row.Request.To), ConnectionTable.PortOf(row.Request),
                Cell.Of(row.Engine.IsAllowed), Cell.Of(row.Sockets, row.Engine.IsAllowed));
        }

        table.Write(output);
    }
}
