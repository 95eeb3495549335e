using System.Text.Json.Nodes;
using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Laws.Texts;

/// <content>Policies of both dialects, and what Calico adds to the inventory.</content>
internal sealed partial class DocumentText
{
    private JsonObject Policy(NetworkPolicySpec spec) => Object(
        ("podSelector", Selector(spec.PodSelector)),
        ("policyTypes", Texts(spec.PolicyTypes)),
        ("ingress", List(spec.Ingress, rule => Rule(rule, "from"))),
        ("egress", List(spec.Egress, rule => Rule(rule, "to"))));

    // An entry that is nothing but a dash is the empty rule.
    private JsonObject? Rule(NetworkPolicyRule rule, string peers) =>
        rule == new NetworkPolicyRule() && _dice.Chance(20) ? null : Object((peers, List(rule.Peers, Peer)), ("ports", List(rule.Ports, Port)));

    private JsonObject Peer(NetworkPolicyPeer peer) => Object(
        ("podSelector", Selector(peer.PodSelector)),
        ("namespaceSelector", Selector(peer.NamespaceSelector)),
        ("ipBlock", peer.IpBlock is { } block ? Object(("cidr", block.Cidr), ("except", Texts(block.Except))) : null));

    private JsonObject Port(NetworkPolicyPort port) => Object(("protocol", port.Protocol), ("port", Scalar(port.Port)), ("endPort", port.EndPort));

    private JsonObject? Selector(LabelSelectorSpec? selector) => selector is null
        ? null
        : Object(
            ("matchLabels", Map(selector.MatchLabels)),
            ("matchExpressions", List(selector.MatchExpressions, r => Object(("key", r.Key), ("operator", r.Operator), ("values", Texts(r.Values))))));

    private JsonObject Policy(CalicoPolicySpec spec, bool isGlobal) => With(
        Object(
            ("tier", spec.Tier),
            ("order", spec.Order),
            ("selector", spec.Selector),
            ("serviceAccountSelector", spec.ServiceAccountSelector),
            ("types", Texts(spec.Types)),
            ("ingress", Rules(spec.Ingress)),
            ("egress", Rules(spec.Egress)),
            ("performanceHints", Texts(spec.PerformanceHints))),
        isGlobal
            ? Object(
                ("namespaceSelector", spec.NamespaceSelector),
                ("doNotTrack", spec.DoNotTrack),
                ("preDNAT", spec.PreDnat),
                ("applyOnForward", spec.ApplyOnForward))
            : []);

    private static JsonObject With(JsonObject fields, JsonObject more)
    {
        foreach ((string field, JsonNode? value) in more)
        {
            fields[field] = value?.DeepClone();
        }

        return fields;
    }

    private static JsonObject? Staged(JsonObject spec, string? action) => action is null ? spec : With(spec, new JsonObject { ["stagedAction"] = action });

    private JsonArray? Rules(EquatableArray<CalicoRule>? rules) => List(rules, Rule);

    private JsonObject Rule(CalicoRule rule) => Object(
        ("action", rule.Action),
        ("ipVersion", rule.IpVersion),
        ("protocol", Scalar(rule.Protocol)),
        ("notProtocol", Scalar(rule.NotProtocol)),
        ("icmp", Icmp(rule.Icmp)),
        ("notICMP", Icmp(rule.NotIcmp)),
        ("source", Entity(rule.Source)),
        ("destination", Entity(rule.Destination)),
        ("http", rule.Http is { } http
            ? Object(("methods", Texts(http.Methods)), ("paths", List(http.Paths, p => Object(("exact", p.Exact), ("prefix", p.Prefix)))))
            : null),
        ("metadata", rule.Annotations is null ? null : new JsonObject { ["annotations"] = Map(rule.Annotations) }));

    private JsonObject? Icmp(IcmpMatch? icmp) => icmp is null ? null : Object(("type", icmp.Type), ("code", icmp.Code));

    private JsonObject? Entity(EntityRule? entity) => entity is null
        ? null
        : Object(
            ("nets", Texts(entity.Nets)),
            ("notNets", Texts(entity.NotNets)),
            ("selector", entity.Selector),
            ("notSelector", entity.NotSelector),
            ("namespaceSelector", entity.NamespaceSelector),
            ("services", entity.Services is { } services ? Object(("name", services.Name), ("namespace", services.Namespace)) : null),
            ("serviceAccounts", entity.ServiceAccounts is { } accounts ? Object(("names", Texts(accounts.Names)), ("selector", accounts.Selector)) : null),
            ("ports", List(entity.Ports, p => Scalar(p))),
            ("notPorts", List(entity.NotPorts, p => Scalar(p))));

    private JsonObject HostEndpoint(HostEndpointSpec spec) => Object(
        ("node", spec.Node),
        ("interfaceName", spec.InterfaceName),
        ("expectedIPs", Texts(spec.ExpectedIPs)),
        ("profiles", Texts(spec.Profiles)),
        ("ports", List(spec.Ports, EndpointPort)));

    private JsonObject EndpointPort(EndpointPort port) => Object(("name", port.Name), ("protocol", Scalar(port.Protocol)), ("port", port.Port));

    private JsonObject WorkloadEndpoint(WorkloadEndpointSpec spec) => Object(
        ("orchestrator", spec.Orchestrator),
        ("workload", spec.Workload),
        ("node", spec.Node),
        ("pod", spec.Pod),
        ("endpoint", spec.Endpoint),
        ("serviceAccountName", spec.ServiceAccountName),
        ("interfaceName", spec.InterfaceName),
        ("ipNetworks", Texts(spec.IpNetworks)),
        ("profiles", Texts(spec.Profiles)),
        ("ports", List(spec.Ports, EndpointPort)));

    private JsonObject Felix(FelixConfigurationManifest felix) => Object(
        ("defaultEndpointToHostAction", felix.DefaultEndpointToHostAction),
        ("failsafeInboundHostPorts", Failsafes(felix.FailsafeInboundHostPorts)),
        ("failsafeOutboundHostPorts", Failsafes(felix.FailsafeOutboundHostPorts)));

    private JsonArray? Failsafes(EquatableArray<FailsafePort>? ports) =>
        List(ports, p => Object(("protocol", Scalar(p.Protocol)), ("net", p.Net), ("port", p.Port)));
}
