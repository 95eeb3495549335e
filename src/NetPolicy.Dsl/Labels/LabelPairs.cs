using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>Concrete labels: they select whatever carries all of them, and they can be put on things.</summary>
/// <remarks>One key with two values is reported by the set it ends up in.</remarks>
public sealed class LabelPairs : LabelSelector
{
    internal LabelPairs(EquatableArray<LabelPair> pairs)
        : base(NodeOf(pairs), pairs.Count == 0 ? default : pairs[0].Line, FaultsOf(pairs)) =>
        Pairs = pairs;

    internal EquatableArray<LabelPair> Pairs { get; }

    /// <summary>The labels of both.</summary>
    public static LabelPairs operator &(LabelPairs left, LabelPairs right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        List<LabelPair> pairs = [.. left.Pairs];
        foreach (LabelPair pair in right.Pairs)
        {
            if (!pairs.Exists(p => p.Key == pair.Key && p.Value == pair.Value))
            {
                pairs.Add(pair);
            }
        }

        return new LabelPairs([.. pairs]);
    }

    /// <summary>The labels as a document holds them; of two values the first is kept, since the fault is reported anyway.</summary>
    internal EquatableMap<string> ToMap() => new(Pairs.Reverse().Select(p => new KeyValuePair<string, string>(p.Key, p.Value)));

    private static SelectorNode NodeOf(EquatableArray<LabelPair> pairs)
    {
        SelectorNode node = SelectorNode.All;
        foreach (LabelPair pair in pairs)
        {
            RequirementNode equal = new(pair.Key, RequirementOperator.Equal, [pair.Value]);
            node = node.IsAll ? equal : SelectorNode.And(node, equal);
        }

        return node;
    }

    private static EquatableArray<Diagnostic> FaultsOf(EquatableArray<LabelPair> pairs)
    {
        List<Diagnostic> faults = [];
        for (int i = 0; i < pairs.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (pairs[i].Key == pairs[j].Key && pairs[i].Value != pairs[j].Value)
                {
                    faults.Add(Fault(pairs[j], pairs[i]));
                    break;
                }
            }
        }

        return [.. faults];
    }

    private static Diagnostic Fault(LabelPair first, LabelPair second) =>
        new(
            DslDiagnostics.LabelGivenTwice,
            $"label `{second.Key}` is given the values `{first.Value}` and `{second.Value}`, expected one",
            second.Line.ToSpan())
        {
            Related = [first.Line.ToSpan()],
        };
}
