using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Validation;

namespace NetPolicy.Policies.Normalization;

/// <summary>
/// Subjects, peers and rules of the kinds of <c>policy.networking.k8s.io</c>, which all versions share (cluster policy specification §2).
/// What cannot be understood fails closed: a rule that would allow matches nothing, one that denies or passes denies all that its policy can see.
/// </summary>
internal sealed class PolicyApiNormalizer
{
    // Ingress rules see pods only, those that fail closed included (§1.3).
    private static readonly RuleMatch FromEveryPod = new() { Source = new EndMatch { Selector = new KubernetesPods(null, null, Selector.All) } };

    private readonly Manifest _source;
    private readonly bool _isUnderstood;

    /// <param name="source">The document.</param>
    /// <param name="subject">Its subject; one that cannot be understood is every pod, of which only denying rules then speak.</param>
    /// <param name="isUnderstood">False if another field that all rules depend on has no meaning.</param>
    public PolicyApiNormalizer(Manifest source, ClusterPolicySubject? subject, bool isUnderstood)
    {
        _source = source;
        KubernetesPods? pods = subject switch
        {
            { Namespaces: { } namespaces, Pods: null } => ToNamespaces(namespaces),
            { Namespaces: null, Pods: { } selected } => ToPods(selected),
            _ => null,
        };
        Subject = pods ?? new KubernetesPods(null, null, Selector.All);
        _isUnderstood = isUnderstood && pods is not null;
    }

    /// <summary>False for the kind without peers by domain name.</summary>
    public bool HasDomainNames { get; init; } = true;

    public KubernetesPods Subject { get; }

    /// <summary>The pods that a peer means; null if it means something else, or cannot be understood.</summary>
    public static KubernetesPods? ToPods(ClusterPolicyPeer peer) => peer switch
    {
        { Namespaces: { } namespaces, Pods: null } => ToNamespaces(namespaces),
        { Namespaces: null, Pods: { } pods } => ToPods(pods),
        _ => null,
    };

    /// <summary>The rule in the common model.</summary>
    /// <param name="direction">The list it is in.</param>
    /// <param name="index">Its place there.</param>
    /// <param name="name">Its name.</param>
    /// <param name="action">Its action; null if it has no meaning.</param>
    /// <param name="peers">Its peers.</param>
    /// <param name="ports">Its ports, an absent list included; null if an entry has no meaning.</param>
    public Rule ToRule(
        Direction direction, int index, string? name, RuleAction? action, EquatableArray<ClusterPolicyPeer>? peers, PortForm[]? ports)
    {
        if (!_isUnderstood && action is RuleAction.Allow or RuleAction.Pass)
        {
            return new Rule(_source, direction, index, action.Value, [RuleMatch.Nothing]) { Name = name, FailsClosed = true };
        }

        if (action is { } understood && ports is not null && Ends(direction, understood, peers ?? default) is { } ends)
        {
            RuleMatch[] alternatives = [.. ends.SelectMany(end => ports.Select(port => Combine(direction, end, port)))];
            return new Rule(_source, direction, index, understood, alternatives) { Name = name };
        }

        bool allows = action == RuleAction.Allow;
        RuleMatch match = allows ? RuleMatch.Nothing : direction == Direction.Ingress ? FromEveryPod : RuleMatch.Everything;
        return new Rule(_source, direction, index, allows ? RuleAction.Allow : RuleAction.Deny, [match]) { Name = name, FailsClosed = true };
    }

    // Null if one of them, and so the rule, fails closed.
    private List<EndMatch>? Ends(Direction direction, RuleAction action, EquatableArray<ClusterPolicyPeer> peers)
    {
        List<EndMatch> ends = [];
        foreach (ClusterPolicyPeer peer in peers)
        {
            if (ToEnd(direction, action, peer) is not { } end)
            {
                return null;
            }

            ends.Add(end);
        }

        return ends.Count == 0 ? null : ends;
    }

    // §2.2. A field that rules of this direction or kind do not have is no field.
    private EndMatch? ToEnd(Direction direction, RuleAction action, ClusterPolicyPeer peer)
    {
        bool isEgress = direction == Direction.Egress;
        LabelSelectorSpec? nodes = isEgress ? peer.Nodes : null;
        EquatableArray<string>? networks = isEgress ? peer.Networks : null;
        EquatableArray<string>? domainNames = isEgress && HasDomainNames ? peer.DomainNames : null;
        return (peer.Namespaces, peer.Pods, nodes, networks, domainNames) switch
        {
            ({ } namespaces, null, null, null, null) => ToNamespaces(namespaces) is { } selector ? new EndMatch { Selector = selector } : null,
            (null, { } pods, null, null, null) => ToPods(pods) is { } selector ? new EndMatch { Selector = selector } : null,
            (null, null, { } labels, null, null) => TryRead(labels, out Selector selector) ? new EndMatch { Nodes = selector } : null,
            (null, null, null, { IsEmpty: false } blocks, null) => ToBlocks(blocks),

            // §2.5: only for rules that allow; what to deny or to pass by a name nobody can tell for certain.
            (null, null, null, null, { IsEmpty: false } names) => action == RuleAction.Allow ? new EndMatch { DomainNames = names } : null,
            _ => null,
        };
    }

    private static EndMatch? ToBlocks(EquatableArray<string> texts)
    {
        List<IpPrefix> blocks = [];
        foreach (string text in texts)
        {
            if (IpPrefix.Read(text, IpLeniency.Lenient, out IpPrefix block) is CidrFault.NoLength or CidrFault.NotCidr)
            {
                return null;
            }

            blocks.Add(block);
        }

        return new EndMatch { Nets = [.. blocks] };
    }

    private static KubernetesPods? ToNamespaces(LabelSelectorSpec namespaces) =>
        TryRead(namespaces, out Selector selector) ? new KubernetesPods(null, selector, Selector.All) : null;

    // §2.1: an absent namespace selector is every namespace; a pod selector must be there.
    private static KubernetesPods? ToPods(NamespacedPodSelector pods)
    {
        Selector namespaces = Selector.All;
        return pods.PodSelector is { } written
            && TryRead(written, out Selector labels)
            && (pods.NamespaceSelector is null || TryRead(pods.NamespaceSelector, out namespaces))
                ? new KubernetesPods(null, namespaces, labels)
                : null;
    }

    // §6: API servers do not look into selectors, so anything may be written there.
    private static bool TryRead(LabelSelectorSpec spec, out Selector selector)
    {
        bool isSound = !LabelSelectorRules.Faults(spec, FieldPath.Of("spec")).Any();
        selector = isSound ? KubernetesNormalizer.ToSelector(spec, Selector.Nothing) : Selector.Nothing;
        return isSound;
    }

    // Ports always mean the destination's.
    private static RuleMatch Combine(Direction direction, EndMatch peer, PortForm port) => new()
    {
        Protocol = port.Protocol,
        Source = direction == Direction.Ingress ? peer : EndMatch.Anything,
        Destination = (direction == Direction.Ingress ? EndMatch.Anything : peer) with { Ports = port.Ports },
    };
}
