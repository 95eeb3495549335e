using System.Text;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>All operands must match; without operands everything does.</summary>
internal sealed record ConjunctionNode(EquatableArray<SelectorNode> Operands) : SelectorNode
{
    /// <inheritdoc/>
    public override bool MatchesUnlabelled => Operands.All(o => o.MatchesUnlabelled);

    /// <inheritdoc/>
    public override IEnumerable<RequirementNode> Requirements => Operands.SelectMany(o => o.Requirements);

    /// <inheritdoc/>
    public override SelectorNode Prefixed(string prefix) => new ConjunctionNode([.. Operands.Select(o => o.Prefixed(prefix))]);

    internal override void Write(StringBuilder text)
    {
        if (Operands.IsEmpty)
        {
            text.Append("all()");
        }
        else
        {
            WriteJoined(text, Operands, " && ");
        }
    }
}
