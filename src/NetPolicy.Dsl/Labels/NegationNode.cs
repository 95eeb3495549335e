using System.Text;

namespace NetPolicy.Dsl;

/// <summary>The operand must not match.</summary>
internal sealed record NegationNode(SelectorNode Operand) : SelectorNode
{
    /// <inheritdoc/>
    public override bool MatchesUnlabelled => !Operand.MatchesUnlabelled;

    /// <inheritdoc/>
    public override IEnumerable<RequirementNode> Requirements => Operand.Requirements;

    /// <inheritdoc/>
    public override SelectorNode Prefixed(string prefix) => new NegationNode(Operand.Prefixed(prefix));

    internal override void Write(StringBuilder text)
    {
        // `!` before a text that itself begins with one would be read as an even number of negations, so it is folded here.
        if (Operand is RequirementNode { Operator: RequirementOperator.Absent } absent)
        {
            text.Append("has(").Append(absent.Key).Append(')');
            return;
        }

        text.Append('!');
        Operand.Write(text);
    }
}
