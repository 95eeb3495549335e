using System.Text;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>One comparison of one label.</summary>
internal sealed record RequirementNode(string Key, RequirementOperator Operator, EquatableArray<string> Values) : SelectorNode
{
    /// <inheritdoc/>
    public override bool MatchesUnlabelled => Operator is RequirementOperator.NotEqual or RequirementOperator.NotIn or RequirementOperator.Absent;

    /// <inheritdoc/>
    public override IEnumerable<RequirementNode> Requirements => [this];

    /// <inheritdoc/>
    public override SelectorNode Prefixed(string prefix) => new RequirementNode(prefix + Key, Operator, Values);

    internal override void Write(StringBuilder text)
    {
        switch (Operator)
        {
            case RequirementOperator.Exists:
                text.Append("has(").Append(Key).Append(')');
                break;
            case RequirementOperator.Absent:
                text.Append("!has(").Append(Key).Append(')');
                break;
            case RequirementOperator.In:
            case RequirementOperator.NotIn:
                text.Append(Key).Append(Operator == RequirementOperator.In ? " in {" : " not in {");
                text.AppendJoin(", ", Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Quoted)).Append('}');
                break;
            case RequirementOperator.Equal:
            case RequirementOperator.NotEqual:
            case RequirementOperator.StartsWith:
            case RequirementOperator.EndsWith:
            case RequirementOperator.Contains:
                text.Append(Key).Append(Word).Append(Quoted(Values[0]));
                break;
            default:
                throw new InvalidOperationException($"no such operator: {Operator}");
        }
    }

    private string Word => Operator switch
    {
        RequirementOperator.Equal => " == ",
        RequirementOperator.NotEqual => " != ",
        RequirementOperator.StartsWith => " starts with ",
        RequirementOperator.EndsWith => " ends with ",
        RequirementOperator.Contains => " contains ",
        _ => throw new InvalidOperationException($"{Operator} takes no single value"),
    };

    private static string Quoted(string value) => value.Contains('"', StringComparison.Ordinal) ? $"'{value}'" : $"\"{value}\"";
}
