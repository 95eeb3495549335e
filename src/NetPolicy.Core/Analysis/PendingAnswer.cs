using NetPolicy.Engine;

namespace NetPolicy.Analysis;

/// <summary>One flow's answer now, and if staged policies were enforced.</summary>
/// <param name="Current">With staged policies ignored.</param>
/// <param name="Pending">With staged policies enforced.</param>
public readonly record struct PendingAnswer(Evaluation Current, Evaluation Pending)
{
    /// <summary>True if enforcing the staged policies would let the flow through that is denied now, or deny it.</summary>
    public bool ChangesVerdict => Current.Verdict != Pending.Verdict;

    /// <summary>True if at either end something else would decide, whatever comes out.</summary>
    public bool ChangesDecision => ChangesVerdict || !IsSame(Current.Egress, Pending.Egress) || !IsSame(Current.Ingress, Pending.Ingress);

    // The worlds are compiled apart: rules are the same if their documents and places are.
    private static bool IsSame(in EndDecision one, in EndDecision other) =>
        one.Verdict == other.Verdict
        && one.Reason == other.Reason
        && one.Stage == other.Stage
        && one.By?.Id == other.By?.Id
        && one.RuleDirection == other.RuleDirection
        && one.RuleIndex == other.RuleIndex;
}
