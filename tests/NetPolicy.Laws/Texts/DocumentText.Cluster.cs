using System.Text.Json.Nodes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Texts;

/// <content>Cluster policies.</content>
internal sealed partial class DocumentText
{
    private JsonObject Policy(ClusterNetworkPolicySpec spec) => Object(
        ("tier", spec.Tier),
        ("priority", spec.Priority),
        ("subject", Subject(spec.Subject)),
        ("ingress", List(spec.Ingress, rule => Rule(rule, "from"))),
        ("egress", List(spec.Egress, rule => Rule(rule, "to"))));

    private JsonObject Policy(AdminNetworkPolicySpec spec, bool hasPriority) => Object(
    [
        .. hasPriority ? [("priority", (JsonNode?)spec.Priority)] : Array.Empty<(string, JsonNode?)>(),
        ("subject", Subject(spec.Subject)),
        ("ingress", List(spec.Ingress, rule => Rule(rule, "from"))),
        ("egress", List(spec.Egress, rule => Rule(rule, "to"))),
    ]);

    private JsonObject? Subject(ClusterPolicySubject? subject) =>
        subject is null ? null : Object(("namespaces", Selector(subject.Namespaces)), ("pods", Pods(subject.Pods)));

    private JsonObject? Pods(NamespacedPodSelector? pods) =>
        pods is null ? null : Object(("namespaceSelector", Selector(pods.NamespaceSelector)), ("podSelector", Selector(pods.PodSelector)));

    private JsonObject Rule(ClusterPolicyRule rule, string peers) => Object(
        ("name", rule.Name), ("action", rule.Action), (peers, List(rule.Peers, peer => Peer(peer, peers == "from"))), ("protocols", List(rule.Protocols, Protocol)));

    private JsonObject Rule(AdminPolicyRule rule, string peers) => Object(
        ("name", rule.Name), ("action", rule.Action), (peers, List(rule.Peers, peer => Peer(peer, peers == "from"))), ("ports", List(rule.Ports, Port)));

    private JsonObject Peer(ClusterPolicyPeer peer, bool isIngress)
    {
        JsonObject pods = Object(("namespaces", Selector(peer.Namespaces)), ("pods", Pods(peer.Pods)));
        return isIngress
            ? pods
            : With(pods, Fields(("nodes", Selector(peer.Nodes)), ("networks", Texts(peer.Networks)), ("domainNames", Texts(peer.DomainNames))));
    }

    private JsonObject Protocol(ClusterPolicyProtocol protocol) => Object(
        ("tcp", Match(protocol.Tcp)), ("udp", Match(protocol.Udp)), ("sctp", Match(protocol.Sctp)), ("destinationNamedPort", protocol.DestinationNamedPort));

    private JsonObject? Match(DestinationPortMatch? match) => match is null
        ? null
        : Object(("destinationPort", match.DestinationPort is { } port
            ? Object(("number", port.Number), ("range", port.Range is { } range ? Object(("start", range.Start), ("end", range.End)) : null))
            : null));

    private JsonObject Port(AdminPolicyPort port) => Object(
        ("portNumber", port.PortNumber is { } number ? Object(("protocol", number.Protocol), ("port", number.Port)) : null),
        ("portRange", port.PortRange is { } range ? Object(("protocol", range.Protocol), ("start", range.Start), ("end", range.End)) : null),
        ("namedPort", port.NamedPort));

    /// <summary>An object of the fields that have a value.</summary>
    private static JsonObject Fields(params ReadOnlySpan<(string Field, JsonNode? Value)> fields)
    {
        JsonObject node = [];
        foreach ((string field, JsonNode? value) in fields)
        {
            if (value is not null)
            {
                node[field] = value;
            }
        }

        return node;
    }
}
