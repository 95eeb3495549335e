using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>A condition over labels that only Calico can say in full.</summary>
/// <remarks>Immutable. There is no <c>&amp;&amp;</c>, <c>||</c> or conversion to <c>bool</c>: a condition is a value, not a question.</remarks>
public class Selector
{
    internal Selector(SelectorNode node, SourceLine line, EquatableArray<Diagnostic> faults)
    {
        Node = node;
        Line = line;
        Faults = faults;
    }

    internal SelectorNode Node { get; }

    internal SourceLine Line { get; }

    internal EquatableArray<Diagnostic> Faults { get; }

    /// <summary>Both conditions hold.</summary>
    public static Selector operator &(Selector left, Selector right) =>
        new(SelectorNode.And(Of(left), Of(right)), left.Line.Or(right.Line), left.Faults.AddRange(right.Faults));

    /// <summary>One of the conditions holds.</summary>
    public static Selector operator |(Selector left, Selector right) =>
        new(SelectorNode.Or(Of(left), Of(right)), left.Line.Or(right.Line), left.Faults.AddRange(right.Faults));

    /// <summary>The condition does not hold.</summary>
    public static Selector operator !(Selector selector) => new(SelectorNode.Not(Of(selector)), selector.Line, selector.Faults);

    /// <summary>The condition as canonical Calico text, such as <c>(app == "web" &amp;&amp; has(tier))</c>.</summary>
    public override string ToString() => Node.ToText();

    private protected static SelectorNode Of(Selector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return selector.Node;
    }
}
