using NetPolicy.Engine;
using NetPolicy.Policies;

namespace NetPolicy.Cli.Output;

/// <summary>Our enums in the words of the contract.</summary>
internal static class Words
{
    public static string Of(SetAsideTreatment treatment) => treatment switch
    {
        SetAsideTreatment.Rejected => "rejected",
        SetAsideTreatment.Isolated => "isolated",
        SetAsideTreatment.Skipped => "skipped",
        _ => throw new ArgumentOutOfRangeException(nameof(treatment)),
    };

    public static string Of(EndVerdict verdict) => verdict switch
    {
        EndVerdict.None => "none",
        EndVerdict.Allow => "allow",
        EndVerdict.Deny => "deny",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    public static string Of(Direction direction) => direction == Direction.Ingress ? "ingress" : "egress";

    public static string Of(PolicyStage stage) => stage switch
    {
        PolicyStage.Normal => "normal",
        PolicyStage.Forward => "apply-on-forward",
        PolicyStage.PreDnat => "pre-DNAT",
        PolicyStage.Untracked => "untracked",
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    /// <summary>Stable, for scripts.</summary>
    public static string Of(DecisionReason reason) => reason switch
    {
        DecisionReason.NoSay => "no-say",
        DecisionReason.NotSelected => "not-selected",
        DecisionReason.Rule => "rule",
        DecisionReason.Isolated => "isolated",
        DecisionReason.ProfileRule => "profile-rule",
        DecisionReason.NoProfileAllows => "no-profile-allows",
        DecisionReason.MissingProfile => "missing-profile",
        DecisionReason.Failsafe => "failsafe",
        DecisionReason.EndpointToHost => "endpoint-to-host",
        DecisionReason.HostInput => "host-input",
        DecisionReason.Self => "self",
        DecisionReason.OwnNode => "own-node",
        DecisionReason.Unreachable => "unreachable",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>A decision in one sentence for people.</summary>
    public static string Sentence(in EndDecision decision)
    {
        string by = decision.By?.Id.ToString() ?? "";
        return decision.Reason switch
        {
            DecisionReason.NoSay => "no policy has a say here",
            DecisionReason.NotSelected => "allowed: no policy selects it in this direction",
            DecisionReason.Rule => $"{(decision.Verdict == EndVerdict.Allow ? "allowed" : "denied")} by {decision.Rule}{Named(decision.Rule)}{At(decision)}",
            DecisionReason.Isolated => $"denied: {by} isolates it, and no rule allows this flow{At(decision)}",
            DecisionReason.ProfileRule => $"{(decision.Verdict == EndVerdict.Allow ? "allowed" : "denied")} by {decision.Rule}: no policy decided, so the profile does",
            DecisionReason.NoProfileAllows => $"denied: no policy selects {by} in this direction and no profile allows",
            DecisionReason.MissingProfile => $"denied: {by} lists a profile that does not exist",
            DecisionReason.Failsafe => "allowed: a failsafe port, which policy never closes",
            DecisionReason.EndpointToHost => "denied: the node drops what its own workloads send to it (defaultEndpointToHostAction)",
            DecisionReason.HostInput => "denied by the host's own input rules (--host-input drop)",
            DecisionReason.Self => "allowed: a pod reaches itself",
            DecisionReason.OwnNode => "allowed: a pod's own node always reaches it",
            DecisionReason.Unreachable => "denied: unreachable, no address family in common, or the Service has no such port or no ready backend",
            _ => throw new ArgumentOutOfRangeException(nameof(decision)),
        };
    }

    private static string Named(Policies.Rule? rule) => rule?.Name is { } name ? $" `{name}`" : "";

    private static string At(in EndDecision decision)
    {
        Diagnostics.SourceSpan span = decision.Rule?.Span ?? decision.By?.SpanOf("") ?? default;
        return span.IsKnown ? $" ({span})" : "";
    }
}
