using NetPolicy.Inventory;

namespace NetPolicy.Engine;

/// <summary>The answer for one flow: the verdict, and what each end said. Both ends are always judged.</summary>
/// <param name="Verdict">Denied if either end denies.</param>
/// <param name="Egress">What the source's side decided.</param>
/// <param name="Ingress">What the destination's side decided.</param>
/// <param name="Backend">Where the flow ended after a Service's translation; null if none took part.</param>
/// <remarks><c>default</c> is undecided, which allows nothing.</remarks>
public readonly record struct Evaluation(Verdict Verdict, EndDecision Egress, EndDecision Ingress, Backend? Backend)
{
    /// <summary>True if the flow passes.</summary>
    public bool IsAllowed => Verdict == Verdict.Allow;

    /// <summary>
    /// The decision that made the verdict: of a denied flow the first denial along the packet's way, of an allowed one
    /// what the destination's end said, or the source's if it has no say.
    /// </summary>
    public EndDecision Decider => Verdict == Verdict.Allow
        ? Ingress.Verdict == EndVerdict.Allow ? Ingress : Egress.Verdict == EndVerdict.Allow ? Egress : Ingress
        : Egress.Verdict == EndVerdict.Deny ? Egress : Ingress;
}
