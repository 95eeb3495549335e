using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Dsl;

/// <summary>Selectors of documents in words.</summary>
internal static class SelectorSpeech
{
    /// <summary>What a label selector of Kubernetes says; an absent one says nothing. Null if there is no word for it.</summary>
    public static SelectorNode? Node(LabelSelectorSpec? selector)
    {
        SelectorNode node = SelectorNode.All;
        foreach ((string key, string value) in selector?.MatchLabels ?? default)
        {
            node = And(node, new RequirementNode(key, RequirementOperator.Equal, [value]));
        }

        foreach (LabelRequirement requirement in selector?.MatchExpressions ?? [])
        {
            if (NodeOf(requirement) is not { } one)
            {
                return null;
            }

            node = And(node, one);
        }

        return node;
    }

    /// <summary>What a selector of Calico says. Null if there is no word for it.</summary>
    public static SelectorNode? Node(string text) =>
        NetPolicy.Labels.Selector.TryParse(text, out NetPolicy.Labels.Selector? selector, out _) ? Node(selector) : null;

    /// <summary>Conditions in C#.</summary>
    public static string Text(SelectorNode node, Handles handles) => node switch
    {
        RequirementNode requirement => Text(requirement, handles),
        ConjunctionNode and => string.Join(" & ", and.Operands.Select(o => o is AlternativeNode ? $"({Text(o, handles)})" : Text(o, handles))),
        AlternativeNode or => string.Join(" | ", or.Operands.Select(o => Text(o, handles))),
        NegationNode { Operand: RequirementNode { Operator: not RequirementOperator.Equal and not RequirementOperator.NotEqual } one } => $"!{Text(one, handles)}",
        NegationNode not => $"!({Text(not.Operand, handles)})",
        _ => throw new InvalidOperationException($"no such selector: {node.GetType().Name}"),
    };

    /// <summary>Concrete labels in C#.</summary>
    public static string Pairs(LabelPairs pairs, Handles handles) =>
        string.Join(" & ", pairs.Pairs.Select(p => $"{handles.Key(p.Key)}.Is({CSharpText.Literal(p.Value)})"));

    /// <summary>True if a Kubernetes selector can say it.</summary>
    public static bool IsLabelSelector(SelectorNode node) => node switch
    {
        RequirementNode requirement => requirement.Operator is not (RequirementOperator.StartsWith or RequirementOperator.EndsWith or RequirementOperator.Contains),
        ConjunctionNode and => and.Operands.All(o => o is RequirementNode && IsLabelSelector(o)),
        _ => false,
    };

    private static SelectorNode And(SelectorNode left, SelectorNode right) => left.IsAll ? right : SelectorNode.And(left, right);

    private static RequirementNode? NodeOf(LabelRequirement requirement) => (requirement.Operator, requirement.Key, requirement.Values) switch
    {
        ("In", { } key, { IsEmpty: false } values) => new RequirementNode(key, RequirementOperator.In, values),
        ("NotIn", { } key, { IsEmpty: false } values) => new RequirementNode(key, RequirementOperator.NotIn, values),
        ("Exists", { } key, null or { IsEmpty: true }) => new RequirementNode(key, RequirementOperator.Exists, []),
        ("DoesNotExist", { } key, null or { IsEmpty: true }) => new RequirementNode(key, RequirementOperator.Absent, []),
        _ => null,
    };

    private static SelectorNode? Node(NetPolicy.Labels.Selector selector) => selector switch
    {
        AllSelector => SelectorNode.All,
        CompareSelector compare => new RequirementNode(compare.Key, OperatorOf(compare.Operator), [compare.Value]),
        HasSelector has => new RequirementNode(has.Key, RequirementOperator.Exists, []),
        SetSelector { Values.Count: > 0 } set => new RequirementNode(set.Key, set.IsNegated ? RequirementOperator.NotIn : RequirementOperator.In, [.. set.Values]),
        NotSelector { Operand: HasSelector has } => new RequirementNode(has.Key, RequirementOperator.Absent, []),
        NotSelector not => Inner(not.Operand) is { } operand ? SelectorNode.Not(operand) : null,
        AndSelector and => Join(and.Operands, SelectorNode.And),
        OrSelector or => Join(or.Operands, SelectorNode.Or),
        _ => null,
    };

    // `all()` has a meaning of its own inside a condition on namespaces, and no word.
    private static SelectorNode? Inner(NetPolicy.Labels.Selector selector) => Node(selector) is { IsAll: false } node ? node : null;

    private static SelectorNode? Join(IReadOnlyList<NetPolicy.Labels.Selector> operands, Func<SelectorNode, SelectorNode, SelectorNode> join)
    {
        SelectorNode? joined = null;
        foreach (NetPolicy.Labels.Selector operand in operands)
        {
            if (Inner(operand) is not { } node)
            {
                return null;
            }

            joined = joined is null ? node : join(joined, node);
        }

        return joined;
    }

    private static RequirementOperator OperatorOf(LabelOperator @operator) => @operator switch
    {
        LabelOperator.Equal => RequirementOperator.Equal,
        LabelOperator.NotEqual => RequirementOperator.NotEqual,
        LabelOperator.Contains => RequirementOperator.Contains,
        LabelOperator.StartsWith => RequirementOperator.StartsWith,
        LabelOperator.EndsWith => RequirementOperator.EndsWith,
        _ => throw new InvalidOperationException($"no such operator: {@operator}"),
    };

    private static string Text(RequirementNode requirement, Handles handles)
    {
        string key = handles.Key(requirement.Key);
        string values = CSharpText.Literals(requirement.Values);
        return requirement.Operator switch
        {
            RequirementOperator.Equal => $"{key} == {values}",
            RequirementOperator.NotEqual => $"{key} != {values}",
            RequirementOperator.In => $"{key}.In({values})",
            RequirementOperator.NotIn => $"{key}.NotIn({values})",
            RequirementOperator.Exists => $"{key}.Exists",
            RequirementOperator.Absent => $"{key}.IsAbsent",
            RequirementOperator.StartsWith => $"{key}.StartsWith({values})",
            RequirementOperator.EndsWith => $"{key}.EndsWith({values})",
            RequirementOperator.Contains => $"{key}.Contains({values})",
            _ => throw new InvalidOperationException($"no such operator: {requirement.Operator}"),
        };
    }
}
