using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Output;

/// <summary>Connections of a probe run one by one: source, destination, port, verdict, and what decided.</summary>
internal static class ConnectionTable
{
    /// <summary>Writes them, each once.</summary>
    public static void Write(TextWriter output, IEnumerable<LabComparisonRow> rows)
    {
        Table table = new("from", "to", "port", "ip", "verdict", "packets", "decided by");
        foreach (LabComparisonRow row in rows.DistinctBy(row => (row.Request.From, row.Request.To, PortOf(row.Request), FamilyOf(row.Request))))
        {
            table.Add(
                row.Request.From, row.Request.To, PortOf(row.Request), FamilyOf(row.Request),
                Cell.Of(row.Engine.IsAllowed), Cell.Of(row.Packets, row.Engine.IsAllowed), Decider(row.Engine.Decider));
        }

        table.Write(output);
    }

    /// <summary><c>80/tcp</c>.</summary>
    public static string PortOf(FlowRequest flow)
    {
        string protocol = (flow.Protocol ?? "TCP").ToLowerInvariant();
        return flow.Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}") : protocol;
    }

    /// <summary>The IP version that a flow uses: 4 or 6.</summary>
    public static string FamilyOf(FlowRequest flow) =>
        flow.IpFamily is "IPv6" or "6" || IsIPv6(flow.From) || IsIPv6(flow.To) ? "6" : "4";

    /// <summary>What decided, in few words: <c>NetworkPolicy shop/web ingress[0]</c>.</summary>
    public static string Decider(in EndDecision decision)
    {
        string way = Words.Of(decision.Direction);
        return decision.Reason switch
        {
            DecisionReason.Rule or DecisionReason.ProfileRule => decision.Rule!.ToString(),
            DecisionReason.Isolated => $"{decision.By!.Id} {way}, no rule allows it",
            DecisionReason.NoSay or DecisionReason.NotSelected => "no policy",
            DecisionReason.OwnNode => "the pod's own node",
            DecisionReason.Failsafe => "failsafe port",
            DecisionReason.NoProfileAllows => $"{decision.By!.Id} {way}, no profile allows it",
            DecisionReason.Unreachable => "unreachable",
            DecisionReason.MissingProfile or DecisionReason.EndpointToHost or DecisionReason.HostInput or DecisionReason.Self => Words.Of(decision.Reason),
            _ => throw new ArgumentOutOfRangeException(nameof(decision)),
        };
    }

    private static bool IsIPv6(string end) => IpAddress.TryParse(end, out IpAddress address) && address.Family == IpFamily.IPv6;
}
