using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>Subjects of global policies in words.</summary>
internal static class SubjectSpeech
{
    private const string NamespaceLabel = "projectcalico.org/namespace";

    private static readonly RequirementNode s_isHost = new(NamespaceLabel, RequirementOperator.Absent, []);

    /// <summary>The subject. Null if there are no words for it.</summary>
    public static Spoken<CalicoPeer>? Of(CalicoPolicySpec spec, HostStage? stage, Handles handles)
    {
        if (!string.IsNullOrEmpty(spec.ServiceAccountSelector) || SelectorSpeech.Node(spec.Selector ?? "") is not { } selector)
        {
            return null;
        }

        if (!string.IsNullOrEmpty(spec.NamespaceSelector))
        {
            return stage is null ? OfPods(spec.NamespaceSelector, selector, handles) : null;
        }

        return selector == s_isHost ? PeerSpeech.Hosts(SelectorNode.All, handles)
            : selector is ConjunctionNode { Operands: [var first, ..] and } && first == s_isHost ? PeerSpeech.Hosts(Conjunction([.. and.Skip(1)]), handles)
            : stage is HostStage.PreDnat or HostStage.DoNotTrack ? PeerSpeech.Hosts(selector, handles)
            : PeerSpeech.Endpoints(selector, handles);
    }

    private static Spoken<CalicoPeer>? OfPods(string namespaces, SelectorNode selector, Handles handles)
    {
        if (PeerSpeech.Namespaces(namespaces) is not { } scope)
        {
            return null;
        }

        // A union of pods of the same namespaces is one selector with alternatives, and one of the same pods is alternative namespaces.
        EquatableArray<SelectorNode> scopes = Alternatives(scope), conditions = Alternatives(selector);
        List<Spoken<CalicoPeer>> pods = [];
        foreach ((SelectorNode place, SelectorNode condition) in scopes.SelectMany(s => conditions.Select(c => (s, c))))
        {
            if (!IsSayable(place) || !IsSayable(condition) || PeerSpeech.Pods(place, condition, null, handles) is not { } one)
            {
                return null;
            }

            pods.Add(one);
        }

        return new Spoken<CalicoPeer>(
            CSharpText.Union([.. pods.Select(p => p.Text)]),
            new PodPeer([.. pods.SelectMany(p => p.Value.Terms)]));
    }

    private static EquatableArray<SelectorNode> Alternatives(SelectorNode node) => node is AlternativeNode or ? or.Operands : [node];

    private static bool IsSayable(SelectorNode node) => node.IsAll || SelectorSpeech.IsLabelSelector(node);

    private static SelectorNode Conjunction(EquatableArray<SelectorNode> operands) => operands.Skip(1).Aggregate(operands[0], SelectorNode.And);
}
