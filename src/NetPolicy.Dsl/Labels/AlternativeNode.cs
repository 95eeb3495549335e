using System.Text;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>One of the operands must match.</summary>
internal sealed record AlternativeNode(EquatableArray<SelectorNode> Operands) : SelectorNode
{
    /// <inheritdoc/>
    public override bool MatchesUnlabelled => Operands.Any(o => o.MatchesUnlabelled);

    /// <inheritdoc/>
    public override IEnumerable<RequirementNode> Requirements => Operands.SelectMany(o => o.Requirements);

    /// <inheritdoc/>
    public override SelectorNode Prefixed(string prefix) => new AlternativeNode([.. Operands.Select(o => o.Prefixed(prefix))]);

    internal override void Write(StringBuilder text) => WriteJoined(text, Operands, " || ");
}
