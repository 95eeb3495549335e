using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Analysis;

/// <summary>The evaluator's walk for one flow, written down: every stage, tier, policy and rule that was asked, and what decided.</summary>
public sealed class Explanation
{
    internal Explanation(Evaluation evaluation, IReadOnlyList<ExplainedAttempt> attempts)
    {
        Evaluation = evaluation;
        Attempts = attempts;
    }

    /// <summary>The same answer that <see cref="Snapshot.Evaluate(in Flow)"/> gives.</summary>
    public Evaluation Evaluation { get; }

    /// <summary>Ways that were judged, in order: one for each owner of an address and each backend, up to the first denied one.</summary>
    public IReadOnlyList<ExplainedAttempt> Attempts { get; }

    /// <summary>Explains a flow. O(rules asked); allocates what it tells.</summary>
    public static Explanation Of(Snapshot snapshot, in Flow flow)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ExplanationRecorder recorder = new();
        Evaluation evaluation = snapshot.Evaluate(flow, ref recorder);
        return new Explanation(evaluation, recorder.Attempts);
    }
}

/// <summary>One way of a flow.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Destination">Name of the destination after translation.</param>
/// <param name="Backend">The Service's backend; null if no Service took part.</param>
/// <param name="Stages">What was asked, in order; both ends.</param>
public sealed record ExplainedAttempt(string Source, string Destination, Backend? Backend, IReadOnlyList<ExplainedStage> Stages);

/// <summary>One endpoint asked in one stage, or a decision without one.</summary>
public sealed class ExplainedStage
{
    /// <summary>The endpoint asked; null for decisions that no endpoint made, such as a failsafe port.</summary>
    public Endpoint? Endpoint { get; internal init; }

    /// <summary>The stage.</summary>
    public PolicyStage Stage { get; internal init; }

    /// <summary>The direction whose rules were asked.</summary>
    public Direction Direction { get; internal init; }

    /// <summary>The interface of a host endpoint; null for workloads and for the node's default one.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Tiers asked, in order.</summary>
    public IReadOnlyList<ExplainedTier> Tiers => TierList;

    /// <summary>Profiles asked, in order.</summary>
    public IReadOnlyList<ExplainedProfile> Profiles => ProfileList;

    /// <summary>What came out.</summary>
    public EndDecision Decision { get; internal set; }

    internal List<ExplainedTier> TierList { get; } = [];

    internal List<ExplainedProfile> ProfileList { get; } = [];
}

/// <summary>One tier asked.</summary>
public sealed record ExplainedTier(Tier Tier)
{
    /// <summary>Policies that apply, in order, up to the one that decided.</summary>
    public IReadOnlyList<ExplainedPolicy> Policies => PolicyList;

    internal List<ExplainedPolicy> PolicyList { get; } = [];
}

/// <summary>One policy asked; rules are listed only if it is enforced.</summary>
public sealed record ExplainedPolicy(Policy Policy, bool IsEnforced)
{
    /// <summary>Rules tested, in order.</summary>
    public IReadOnlyList<ExplainedRule> Rules => RuleList;

    internal List<ExplainedRule> RuleList { get; } = [];
}

/// <summary>One profile asked; null if it does not exist.</summary>
public sealed record ExplainedProfile(string Name, Profile? Profile)
{
    /// <summary>Rules tested, in order.</summary>
    public IReadOnlyList<ExplainedRule> Rules => RuleList;

    internal List<ExplainedRule> RuleList { get; } = [];
}

/// <summary>One rule tested.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Matched">True if it matched the flow.</param>
public sealed record ExplainedRule(Rule Rule, bool Matched);
