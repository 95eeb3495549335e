using System.Globalization;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Demo;

/// <summary>Chooses connections; null chooses all.</summary>
/// <param name="From">The source: its name, or a namespace.</param>
/// <param name="To">The destination: its name, or a namespace.</param>
/// <param name="Verdict"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Port">The port, with or without protocol: <c>80</c>, <c>53/udp</c>.</param>
internal sealed record ConnectionFilter(string? From, string? To, string? Verdict, string? Port)
{
    /// <summary>Whether a connection is chosen.</summary>
    public bool Matches(LabComparisonRow row)
    {
        string port = row.Request.Port?.ToString(CultureInfo.InvariantCulture) ?? "";
        return IsMeant(From, row.Request.From)
            && IsMeant(To, row.Request.To)
            && (Verdict is null || Verdict == (row.Engine.IsAllowed ? "allow" : "deny"))
            && (Port is null || Port == port || Port.Equals($"{port}/{row.Request.Protocol ?? "TCP"}", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsMeant(string? wanted, string name) =>
        wanted is null || name == wanted || name.StartsWith(wanted + "/", StringComparison.Ordinal);
}
