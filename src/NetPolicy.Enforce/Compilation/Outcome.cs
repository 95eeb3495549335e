using System.Runtime.CompilerServices;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <summary>What a program decides, without what differs between endpoints that share it.</summary>
/// <param name="Verdict">The decision; none where the program has no say.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The rule, if one decided.</param>
/// <param name="By">The policy, if its isolation decided.</param>
/// <param name="StagedRule">The rule of a staged policy that would decide, if those were enforced.</param>
/// <param name="StagedBy">The staged policy whose isolation would decide, if those were enforced.</param>
internal readonly record struct Outcome(
    EndVerdict Verdict, DecisionReason Reason, Rule? Rule, Manifest? By, Rule? StagedRule = null, Manifest? StagedBy = null)
{
    public static Outcome NoSay => default;

    public static Outcome Of(in EndDecision decision) => decision.Verdict == EndVerdict.None
        ? NoSay
        : new Outcome(
            decision.Verdict, decision.Reason, decision.Rule, decision.Reason == DecisionReason.Isolated ? decision.By : null);

    /// <summary>The decision with what would decide in its place if staged policies were enforced; the same if none of them would.</summary>
    public Outcome With(in EndDecision pending) => pending switch
    {
        { Rule: { } rule } when IsStaged(rule.Source) => this with { StagedRule = rule },
        { Reason: DecisionReason.Isolated, By: { } by } when IsStaged(by) => this with { StagedBy = by },
        _ => this,
    };

    /// <summary>The decision alone, as a comment names it.</summary>
    public Outcome Named => new(default, Reason, Rule, By);

    /// <summary>What staged policies would decide, as a comment names it; null if nothing.</summary>
    public Outcome? Staged => StagedRule is not null ? new Outcome(default, DecisionReason.Rule, StagedRule, null)
        : StagedBy is not null ? new Outcome(default, DecisionReason.Isolated, null, StagedBy)
        : null;

    public static bool IsStaged(Manifest? source) => source is StagedKubernetesNetworkPolicyManifest or CalicoPolicyManifest { IsStaged: true };

    // Documents are told apart by reference: a snapshot has each once, and comparing all they say takes long.
    public bool Equals(Outcome other) =>
        Verdict == other.Verdict && Reason == other.Reason && ReferenceEquals(Rule, other.Rule) && ReferenceEquals(By, other.By)
        && ReferenceEquals(StagedRule, other.StagedRule) && ReferenceEquals(StagedBy, other.StagedBy);

    public override int GetHashCode() =>
        HashCode.Combine(Verdict, Reason, RuntimeHelpers.GetHashCode(Rule), RuntimeHelpers.GetHashCode(By), RuntimeHelpers.GetHashCode(StagedRule), RuntimeHelpers.GetHashCode(StagedBy));
}
