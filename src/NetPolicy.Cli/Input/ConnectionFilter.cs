using System.Globalization;
using NetPolicy.Cli.Output;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Cli.Input;

/// <summary>Chooses connections; null chooses all.</summary>
/// <param name="From">The source: its name, or a namespace.</param>
/// <param name="To">The destination: its name, or a namespace.</param>
/// <param name="Verdict"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Port">The port, with or without protocol: <c>80</c>, <c>53/udp</c>.</param>
/// <param name="Rule">A part of what decided.</param>
internal sealed record ConnectionFilter(string? From, string? To, string? Verdict, string? Port, string? Rule)
{
    /// <summary>Whether a connection is chosen.</summary>
    public bool Matches(LabComparisonRow row) =>
        IsMeant(From, row.Request.From)
        && IsMeant(To, row.Request.To)
        && (Verdict is null || Verdict == (row.Engine.IsAllowed ? "allow" : "deny"))
        && (Port is null
            || Port == row.Request.Port?.ToString(CultureInfo.InvariantCulture)
            || Port.Equals(ConnectionTable.PortOf(row.Request), StringComparison.OrdinalIgnoreCase))
        && (Rule is null || ConnectionTable.Decider(row.Engine.Decider).Contains(Rule, StringComparison.OrdinalIgnoreCase));

    private static bool IsMeant(string? wanted, string name) =>
        wanted is null || name == wanted || name.StartsWith(wanted + "/", StringComparison.Ordinal);
}
