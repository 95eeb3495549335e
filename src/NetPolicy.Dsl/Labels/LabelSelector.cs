using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>Conditions over labels that must all hold: what a Kubernetes label selector can say. <c>|</c> and <c>!</c> widen to <see cref="Selector"/>.</summary>
public class LabelSelector : Selector
{
    internal LabelSelector(SelectorNode node, SourceLine line, EquatableArray<Diagnostic> faults)
        : base(node, line, faults)
    {
    }

    internal static LabelSelector All { get; } = new(SelectorNode.All, default, []);

    /// <summary>Both conditions hold.</summary>
    public static LabelSelector operator &(LabelSelector left, LabelSelector right) =>
        new(SelectorNode.And(Of(left), Of(right)), left.Line.Or(right.Line), left.Faults.AddRange(right.Faults));
}
