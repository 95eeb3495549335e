using NetPolicy.Collections;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>Rules of cluster policies in words.</summary>
internal static class ClusterSpeech
{
    private static readonly EquatableArray<string> s_everywhere = ["0.0.0.0/0", "::/0"];

    /// <summary>One rule. Null if there are no words for it.</summary>
    public static SpokenRule? Rule(ClusterPolicyRule rule, RuleDirection direction, Handles handles)
    {
        RuleAction? action = rule.Action switch
        {
            "Accept" => RuleAction.Allow,
            "Deny" => RuleAction.Deny,
            "Pass" => RuleAction.Pass,
            _ => null,
        };
        List<Spoken<CalicoPeer>> peers = [];
        foreach (ClusterPolicyPeer peer in rule.Peers ?? [])
        {
            if (Peer(peer, handles) is not { } some)
            {
                return null;
            }

            peers.AddRange(some);
        }

        List<Spoken<Traffic>?> traffic = [.. (rule.Protocols ?? []).Select(Protocol)];
        return action is { } asked && peers.Count > 0 && !traffic.Contains(null) && rule.Name is null
            ? new SpokenRule(direction, asked, [.. peers], [], [.. traffic.Select(t => t!.Value)])
            : null;
    }

    /// <summary>Pods of a subject or peer. Null if there is no word for them.</summary>
    public static Spoken<CalicoPeer>? Pods(LabelSelectorSpec? namespaces, NamespacedPodSelector? pods, Handles handles) => (namespaces, pods) switch
    {
        ({ } scope, null) => Pods(scope, new LabelSelectorSpec(), handles),
        (null, { PodSelector: { } some }) => Pods(pods.NamespaceSelector ?? new LabelSelectorSpec(), some, handles),
        _ => null,
    };

    private static Spoken<CalicoPeer>? Pods(LabelSelectorSpec namespaces, LabelSelectorSpec pods, Handles handles) =>
        SelectorSpeech.Node(namespaces) is { } scope && SelectorSpeech.Node(pods) is { } node && PeerSpeech.Pods(scope, node, null, handles) is { } spoken
            ? spoken with { Value = new PodPeer(spoken.Value.Terms) }
            : null;

    private static EquatableArray<Spoken<CalicoPeer>>? Peer(ClusterPolicyPeer peer, Handles handles) => peer switch
    {
        { Nodes: null, Networks: null, DomainNames: null } => Pods(peer.Namespaces, peer.Pods, handles) is { } pods ? [pods] : null,
        { Namespaces: null, Pods: null, Networks: null, DomainNames: null, Nodes: { } nodes } => SelectorSpeech.Node(nodes) is { } node ? [Nodes(node, handles)] : null,
        { Namespaces: null, Pods: null, Nodes: null, DomainNames: null, Networks: { IsEmpty: false } networks } =>
            networks == s_everywhere ? [PeerSpeech.Anywhere] : [.. PeerSpeech.Block(networks, [])],
        { Namespaces: null, Pods: null, Nodes: null, Networks: null, DomainNames: { IsEmpty: false } names } =>
            [.. names.Select(n => new Spoken<CalicoPeer>($"Domain({CSharpText.Literal(n)})", new CalicoPeer([new DomainTerm(n, default)])))],
        _ => null,
    };

    private static Spoken<CalicoPeer> Nodes(SelectorNode node, Handles handles) => new(
        node.IsAll ? nameof(Syntax.AllNodes) : $"Nodes({SelectorSpeech.Text(node, handles)})",
        new CalicoPeer([new NodesTerm(node, default)]));

    private static Spoken<Traffic>? Protocol(ClusterPolicyProtocol protocol) => protocol switch
    {
        { Tcp: { } tcp, Udp: null, Sctp: null, DestinationNamedPort: null } => Port(NetPolicy.Ports.Protocol.Tcp, tcp.DestinationPort),
        { Tcp: null, Udp: { } udp, Sctp: null, DestinationNamedPort: null } => Port(NetPolicy.Ports.Protocol.Udp, udp.DestinationPort),
        { Tcp: null, Udp: null, Sctp: { } sctp, DestinationNamedPort: null } => Port(NetPolicy.Ports.Protocol.Sctp, sctp.DestinationPort),
        { Tcp: null, Udp: null, Sctp: null, DestinationNamedPort: { Length: > 0 } name } => TrafficSpeech.Named(NetPolicy.Ports.Protocol.Tcp, name),
        _ => null,
    };

    private static Spoken<Traffic>? Port(Protocol protocol, DestinationPort? port) => port switch
    {
        { Number: { } number, Range: null } => TrafficSpeech.Range(protocol, number, number),
        { Number: null, Range: { Start: 1, End: ushort.MaxValue } } => TrafficSpeech.All(protocol),
        { Number: null, Range: { Start: { } start, End: { } end } } => TrafficSpeech.Range(protocol, start, end),
        _ => null,
    };
}
