using System.Runtime.CompilerServices;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Enforce.Compilation;

/// <summary>What a program decides, without what differs between endpoints that share it.</summary>
/// <param name="Verdict">The decision; none where the program has no say.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The rule, if one decided.</param>
/// <param name="By">The policy, if its isolation decided.</param>
internal readonly record struct Outcome(EndVerdict Verdict, DecisionReason Reason, Rule? Rule, Manifest? By)
{
    public static Outcome NoSay => default;

    public static Outcome Of(in EndDecision decision) => decision.Verdict == EndVerdict.None
        ? NoSay
        : new Outcome(
            decision.Verdict, decision.Reason, decision.Rule, decision.Reason == DecisionReason.Isolated ? decision.By : null);

    // Documents are told apart by reference: a snapshot has each once, and comparing all they say takes long.
    public bool Equals(Outcome other) =>
        Verdict == other.Verdict && Reason == other.Reason && ReferenceEquals(Rule, other.Rule) && ReferenceEquals(By, other.By);

    public override int GetHashCode() =>
        HashCode.Combine(Verdict, Reason, RuntimeHelpers.GetHashCode(Rule), RuntimeHelpers.GetHashCode(By));
}
