using NetPolicy.Collections;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Dsl;

/// <summary>The subject of a cluster policy: one condition on namespaces and one on pods, to which a union must come down.</summary>
internal static class ClusterSubject
{
    public static ClusterPolicySubject? Of(PolicySentence sentence, Lowering lowering)
    {
        CalicoPeer subject = sentence.GlobalSubject!;
        lowering.Report(subject.Faults);
        if (subject.Terms.IsEmpty)
        {
            return null;
        }

        List<(SelectorNode Namespaces, SelectorNode Pods)> terms = [.. subject.Terms.Cast<PodsTerm>().Select(p => (p.Scope.Selector ?? SelectorNode.All, p.Selector)).Distinct()];
        SourceLine line = subject.Terms[0].Line;
        sentence.Source.Set("spec.subject", line);
        if (Joined(terms) is not { } one)
        {
            lowering.Report(
                DslDiagnostics.UnionAsClusterSubject,
                "the subject of a cluster policy is a union that no single condition says, expected one group of pods: write a policy for each",
                sentence.Name.Line);
            one = terms[0];
        }

        (LabelSelectorSpec? namespaces, NamespacedPodSelector? pods) = ClusterLowering.PodsOf(one.Namespaces, one.Pods);
        return new ClusterPolicySubject { Namespaces = namespaces, Pods = pods };
    }

    private static (SelectorNode Namespaces, SelectorNode Pods)? Joined(List<(SelectorNode Namespaces, SelectorNode Pods)> terms)
    {
        (SelectorNode namespaces, SelectorNode pods) = terms[0];
        return terms.Exists(t => t.Namespaces.IsAll && t.Pods.IsAll) ? (SelectorNode.All, SelectorNode.All)
            : terms.TrueForAll(t => t.Pods == pods) ? Either([.. terms.Select(t => t.Namespaces)]) is { } scope ? (scope, pods) : null
            : terms.TrueForAll(t => t.Namespaces == namespaces) && Either([.. terms.Select(t => t.Pods)]) is { } some ? (namespaces, some)
            : null;
    }

    // Values of one label are alternatives; that is the only union a label selector knows.
    private static SelectorNode? Either(EquatableArray<SelectorNode> nodes)
    {
        if (nodes.Count == 1)
        {
            return nodes[0];
        }

        List<RequirementNode> all = [.. nodes.OfType<RequirementNode>().Where(r => r.Operator is RequirementOperator.Equal or RequirementOperator.In)];
        return nodes.Any(n => n.IsAll) ? SelectorNode.All
            : all.Count == nodes.Count && all.TrueForAll(r => r.Key == all[0].Key)
                ? new RequirementNode(all[0].Key, RequirementOperator.In, [.. all.SelectMany(r => r.Values).Distinct(StringComparer.Ordinal)])
            : null;
    }
}
