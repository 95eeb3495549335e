using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>What one end decided, and what made it.</summary>
/// <param name="Verdict">The decision.</param>
/// <param name="Reason">Why.</param>
/// <param name="Direction">Which end: egress is the source's, ingress the destination's.</param>
/// <param name="Stage">In which stage.</param>
/// <param name="Rule">The rule that matched; null for defaults.</param>
/// <param name="By">The document that decided: the rule's, the first policy that isolates, or the endpoint's own; null if none did.</param>
/// <param name="RuleDirection">
/// Whose list was asked: on interfaces that forward traffic of workloads, a host endpoint's ingress rules speak for the source's end, and its egress rules for the destination's.
/// </param>
public readonly record struct EndDecision(
    EndVerdict Verdict, DecisionReason Reason, Direction Direction, PolicyStage Stage, Rule? Rule, Manifest? By, Direction RuleDirection)
{
    /// <summary>Index of the rule in its list; -1 for defaults.</summary>
    public int RuleIndex => Rule?.Index ?? -1;

    internal static EndDecision Nothing(Direction direction, DecisionReason reason = DecisionReason.NoSay) =>
        new(EndVerdict.None, reason, direction, PolicyStage.Normal, null, null, direction);
}
