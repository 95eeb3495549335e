using System.Globalization;
using NetPolicy.Demo.Stages;
using NetPolicy.Engine;
using NetPolicy.Enforce.Lab;
using NetPolicy.Policies;

namespace NetPolicy.Demo.Output;

/// <summary>Ends, ports and rules in few words.</summary>
internal static class Names
{
    /// <summary>An end; the addresses that stand for the Internet are called so.</summary>
    public static string Of(string end) => StageProbe.Internet.Any(address => address.ToString() == end) ? "Internet" : end;

    /// <summary><c>80/tcp</c>.</summary>
    public static string PortOf(FlowRequest flow) =>
        string.Create(CultureInfo.InvariantCulture, $"{flow.Port}/{(flow.Protocol ?? "TCP").ToLowerInvariant()}");

    /// <summary>The IP version that a flow uses: 4 or 6.</summary>
    public static string FamilyOf(FlowRequest flow) =>
        flow.IpFamily == "IPv6" || flow.From.Contains("::", StringComparison.Ordinal) || flow.To.Contains("::", StringComparison.Ordinal) ? "6" : "4";

    /// <summary>What decided, in few words: <c>NetworkPolicy shop/web ingress[0]</c>.</summary>
    public static string Decider(LabComparisonRow row)
    {
        EndDecision decision = row.Engine.Decider;
        string way = decision.Direction == Direction.Ingress ? "ingress" : "egress";
        return decision.Reason switch
        {
            DecisionReason.Rule or DecisionReason.ProfileRule => decision.Rule!.ToString(),
            DecisionReason.Isolated => $"{decision.By!.Id} {way}, no rule allows it",
            DecisionReason.NoSay or DecisionReason.NotSelected => "no policy",
            DecisionReason.OwnNode => "the pod's own node",
            DecisionReason.Failsafe => "failsafe port",
            DecisionReason.NoProfileAllows => $"{decision.By!.Id} {way}, no policy and no profile allows it",
            DecisionReason.Unreachable => "unreachable",
            DecisionReason.MissingProfile or DecisionReason.EndpointToHost or DecisionReason.HostInput or DecisionReason.Self => Cli.Output.Words.Of(decision.Reason),
            _ => throw new ArgumentOutOfRangeException(nameof(row)),
        };
    }
}
