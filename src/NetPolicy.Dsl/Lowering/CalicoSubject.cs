using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>The subject of a global policy as its two selectors.</summary>
internal static class CalicoSubject
{
    private const string NamespaceLabel = "projectcalico.org/namespace";
    private const string NamespacePrefix = "pcns.";

    private static readonly RequirementNode s_isNamespaced = new(NamespaceLabel, RequirementOperator.Exists, []);
    private static readonly RequirementNode s_isHost = new(NamespaceLabel, RequirementOperator.Absent, []);

    public static (string? Selector, string? NamespaceSelector, SourceLine Line) Of(CalicoPeer subject, HostStage? stage, Lowering lowering)
    {
        lowering.Report(subject.Faults);
        foreach (PeerTerm term in subject.Terms)
        {
            lowering.CheckValues(SelectorOf(term), term.Line);
        }

        switch (subject.Terms)
        {
            case { IsEmpty: true }:
                return ("!all()", null, default);
            case [HostsTerm hosts]:
                // Pre-DNAT and untracked policies never meet pods, so there the condition needs no guard.
                SelectorNode selector = stage is HostStage.PreDnat or HostStage.DoNotTrack ? hosts.Selector : SelectorNode.And(s_isHost, hosts.Selector);
                return (selector.ToText(), null, hosts.Line);
            case [EndpointsTerm endpoints]:
                return (endpoints.Selector.ToText(), null, endpoints.Line);
            default:
                return OfPods([.. subject.Terms.Cast<PodsTerm>()]);
        }
    }

    private static SelectorNode SelectorOf(PeerTerm term) => term switch
    {
        HostsTerm hosts => hosts.Selector,
        EndpointsTerm endpoints => endpoints.Selector,
        PodsTerm pods => pods.Selector,
        _ => throw new InvalidOperationException($"no subject: {term.GetType().Name}"),
    };

    private static (string? Selector, string? NamespaceSelector, SourceLine Line) OfPods(EquatableArray<PodsTerm> pods)
    {
        SourceLine line = pods[0].Line;
        SelectorNode first = Namespaces(pods[0]);
        if (pods.All(p => Namespaces(p) == first))
        {
            SelectorNode selector = pods.Skip(1).Aggregate(pods[0].Selector, (joined, p) => SelectorNode.Or(joined, p.Selector));
            return (selector.IsAll ? null : selector.ToText(), CalicoEnds.Guarded(first), line);
        }

        if (pods.All(p => p.Selector == pods[0].Selector))
        {
            SelectorNode namespaces = pods.Skip(1).Aggregate(first, (joined, p) => SelectorNode.Or(joined, Namespaces(p)));
            return (pods[0].Selector.IsAll ? null : pods[0].Selector.ToText(), CalicoEnds.Guarded(namespaces), line);
        }

        // Neither part is common to all: both are said of the pod, which inherits its namespace's labels under a prefix.
        SelectorNode all = pods.Skip(1).Aggregate(OnPod(pods[0]), (joined, p) => SelectorNode.Or(joined, OnPod(p)));
        return (all.ToText(), null, line);
    }

    private static SelectorNode Namespaces(PodsTerm pods) => pods.Scope.Selector ?? SelectorNode.All;

    private static SelectorNode OnPod(PodsTerm pods) =>
        SelectorNode.And(SelectorNode.And(s_isNamespaced, Namespaces(pods).Prefixed(NamespacePrefix)), pods.Selector);
}
