using System.Text;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>A node of a selector. Compared by content.</summary>
internal abstract record SelectorNode
{
    /// <summary>The selector that everything matches.</summary>
    public static SelectorNode All { get; } = new ConjunctionNode([]);

    /// <summary>True if a thing without any label matches.</summary>
    public abstract bool MatchesUnlabelled { get; }

    /// <summary>True if it is the selector without a condition.</summary>
    public bool IsAll => this is ConjunctionNode { Operands.IsEmpty: true };

    /// <summary>Canonical Calico text (Calico specification §2.4).</summary>
    public string ToText()
    {
        StringBuilder text = new();
        Write(text);
        return text.ToString();
    }

    /// <summary>Both must match; nested conjunctions are joined, equal conditions written once.</summary>
    public static SelectorNode And(SelectorNode left, SelectorNode right) =>
        Join(Operands(left), Operands(right)) is [SelectorNode only] ? only : new ConjunctionNode([.. Join(Operands(left), Operands(right))]);

    /// <summary>One of both must match; nested alternatives are joined, equal ones written once; what matches everything absorbs.</summary>
    public static SelectorNode Or(SelectorNode left, SelectorNode right)
    {
        if (left.IsAll || right.IsAll)
        {
            return All;
        }

        List<SelectorNode> joined = Join(Alternatives(left), Alternatives(right));
        return joined is [SelectorNode only] ? only : new AlternativeNode([.. joined]);
    }

    /// <summary>Matches what the operand does not; two negations cancel.</summary>
    public static SelectorNode Not(SelectorNode operand) => operand is NegationNode not ? not.Operand : new NegationNode(operand);

    /// <summary>The same conditions on other label names.</summary>
    public abstract SelectorNode Prefixed(string prefix);

    /// <summary>Every comparison in the selector.</summary>
    public abstract IEnumerable<RequirementNode> Requirements { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => ToText();

    internal abstract void Write(StringBuilder text);

    private protected static void WriteJoined(StringBuilder text, EquatableArray<SelectorNode> operands, string separator)
    {
        text.Append('(');
        for (int i = 0; i < operands.Count; i++)
        {
            text.Append(i == 0 ? "" : separator);
            operands[i].Write(text);
        }

        text.Append(')');
    }

    private static EquatableArray<SelectorNode> Operands(SelectorNode node) => node is ConjunctionNode and ? and.Operands : [node];

    private static EquatableArray<SelectorNode> Alternatives(SelectorNode node) => node is AlternativeNode or ? or.Operands : [node];

    private static List<SelectorNode> Join(IEnumerable<SelectorNode> left, IEnumerable<SelectorNode> right)
    {
        List<SelectorNode> joined = [.. left];
        foreach (SelectorNode node in right)
        {
            if (!joined.Contains(node))
            {
                joined.Add(node);
            }
        }

        return joined;
    }
}
