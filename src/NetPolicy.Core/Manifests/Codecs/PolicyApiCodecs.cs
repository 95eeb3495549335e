using NetPolicy.Manifests.PolicyApi;
using AdminPort = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.AdminPolicyPort>;
using AdminRule = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.AdminPolicyRule>;
using AdminSpec = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.AdminNetworkPolicySpec>;
using ClusterProtocol = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.ClusterPolicyProtocol>;
using ClusterRule = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.ClusterPolicyRule>;
using ClusterSpec = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.ClusterNetworkPolicySpec>;
using Destination = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.DestinationPort>;
using DestinationMatch = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.DestinationPortMatch>;
using DestinationRange = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.DestinationPortRange>;
using Number = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.AdminPortNumber>;
using Peer = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.ClusterPolicyPeer>;
using Pods = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.NamespacedPodSelector>;
using Range = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.AdminPortRange>;
using Subject = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.PolicyApi.ClusterPolicySubject>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>The shapes of the kinds of <c>policy.networking.k8s.io</c> (cluster policy specification §2 to §5).</summary>
/// <remarks>Which peers a rule may have depends on its direction and kind (§2.2): the others are unknown fields there, as they are to a server.</remarks>
internal static class PolicyApiCodecs
{
    private static readonly ObjectCodec<NamespacedPodSelector> PodsCodec = new(
        new NamespacedPodSelector(),
        Pods.Object("namespaceSelector", KubernetesCodecs.LabelSelector, p => p.NamespaceSelector, (p, v) => p with { NamespaceSelector = v }),
        Pods.Object("podSelector", KubernetesCodecs.LabelSelector, p => p.PodSelector, (p, v) => p with { PodSelector = v }));

    private static readonly ObjectCodec<ClusterPolicySubject> SubjectCodec = new(
        new ClusterPolicySubject(),
        Subject.Object("namespaces", KubernetesCodecs.LabelSelector, s => s.Namespaces, (s, v) => s with { Namespaces = v }),
        Subject.Object("pods", PodsCodec, s => s.Pods, (s, v) => s with { Pods = v }));

    private static readonly Field<ClusterPolicyPeer>[] IngressPeer =
    [
        Peer.Object("namespaces", KubernetesCodecs.LabelSelector, p => p.Namespaces, (p, v) => p with { Namespaces = v }),
        Peer.Object("pods", PodsCodec, p => p.Pods, (p, v) => p with { Pods = v }),
    ];

    private static readonly Field<ClusterPolicyPeer>[] BaselineEgressPeer =
    [
        .. IngressPeer,
        Peer.Object("nodes", KubernetesCodecs.LabelSelector, p => p.Nodes, (p, v) => p with { Nodes = v }),
        Peer.Texts("networks", p => p.Networks, (p, v) => p with { Networks = v }),
    ];

    private static readonly Field<ClusterPolicyPeer>[] EgressPeer =
    [
        .. BaselineEgressPeer,
        Peer.Texts("domainNames", p => p.DomainNames, (p, v) => p with { DomainNames = v }),
    ];

    private static readonly ObjectCodec<AdminPolicyPort> AdminPortCodec = new(
        new AdminPolicyPort(),
        AdminPort.Object(
            "portNumber",
            new ObjectCodec<AdminPortNumber>(
                new AdminPortNumber(),
                Number.Text("protocol", n => n.Protocol, (n, v) => n with { Protocol = v }),
                Number.Int32("port", n => n.Port, (n, v) => n with { Port = v })),
            p => p.PortNumber,
            (p, v) => p with { PortNumber = v }),
        AdminPort.Object(
            "portRange",
            new ObjectCodec<AdminPortRange>(
                new AdminPortRange(),
                Range.Text("protocol", r => r.Protocol, (r, v) => r with { Protocol = v }),
                Range.Int32("start", r => r.Start, (r, v) => r with { Start = v }),
                Range.Int32("end", r => r.End, (r, v) => r with { End = v })),
            p => p.PortRange,
            (p, v) => p with { PortRange = v }),
        AdminPort.Text("namedPort", p => p.NamedPort, (p, v) => p with { NamedPort = v }));

    private static readonly ObjectCodec<DestinationPortMatch> DestinationCodec = new(
        new DestinationPortMatch(),
        DestinationMatch.Object(
            "destinationPort",
            new ObjectCodec<DestinationPort>(
                new DestinationPort(),
                Destination.Int32("number", d => d.Number, (d, v) => d with { Number = v }),
                Destination.Object(
                    "range",
                    new ObjectCodec<DestinationPortRange>(
                        new DestinationPortRange(),
                        DestinationRange.Int32("start", r => r.Start, (r, v) => r with { Start = v }),
                        DestinationRange.Int32("end", r => r.End, (r, v) => r with { End = v })),
                    d => d.Range,
                    (d, v) => d with { Range = v })),
            m => m.DestinationPort,
            (m, v) => m with { DestinationPort = v }));

    private static readonly ObjectCodec<ClusterPolicyProtocol> ProtocolCodec = new(
        new ClusterPolicyProtocol(),
        ClusterProtocol.Object("tcp", DestinationCodec, p => p.Tcp, (p, v) => p with { Tcp = v }),
        ClusterProtocol.Object("udp", DestinationCodec, p => p.Udp, (p, v) => p with { Udp = v }),
        ClusterProtocol.Object("sctp", DestinationCodec, p => p.Sctp, (p, v) => p with { Sctp = v }),
        ClusterProtocol.Text("destinationNamedPort", p => p.DestinationNamedPort, (p, v) => p with { DestinationNamedPort = v }));

    public static readonly ObjectCodec<ClusterNetworkPolicySpec> ClusterPolicy = new(
        new ClusterNetworkPolicySpec(),
        ClusterSpec.Text("tier", s => s.Tier, (s, v) => s with { Tier = v }),
        ClusterSpec.Int32("priority", s => s.Priority, (s, v) => s with { Priority = v }),
        ClusterSpec.Object("subject", SubjectCodec, s => s.Subject, (s, v) => s with { Subject = v }),
        ClusterSpec.List("ingress", ClusterRuleCodec("from", IngressPeer), s => s.Ingress, (s, v) => s with { Ingress = v }),
        ClusterSpec.List("egress", ClusterRuleCodec("to", EgressPeer), s => s.Egress, (s, v) => s with { Egress = v }));

    public static readonly ObjectCodec<AdminNetworkPolicySpec> AdminPolicy = new(
        new AdminNetworkPolicySpec(),
        [AdminSpec.Int32("priority", s => s.Priority, (s, v) => s with { Priority = v }), .. AdminFields(EgressPeer)]);

    public static readonly ObjectCodec<AdminNetworkPolicySpec> BaselinePolicy = new(new AdminNetworkPolicySpec(), AdminFields(BaselineEgressPeer));

    private static Field<AdminNetworkPolicySpec>[] AdminFields(Field<ClusterPolicyPeer>[] egressPeer) =>
    [
        AdminSpec.Object("subject", SubjectCodec, s => s.Subject, (s, v) => s with { Subject = v }),
        AdminSpec.List("ingress", AdminRuleCodec("from", IngressPeer), s => s.Ingress, (s, v) => s with { Ingress = v }),
        AdminSpec.List("egress", AdminRuleCodec("to", egressPeer), s => s.Egress, (s, v) => s with { Egress = v }),
    ];

    private static ObjectCodec<ClusterPolicyRule> ClusterRuleCodec(string peers, Field<ClusterPolicyPeer>[] peer) => new(
        new ClusterPolicyRule(),
        ClusterRule.Text("name", r => r.Name, (r, v) => r with { Name = v }),
        ClusterRule.Text("action", r => r.Action, (r, v) => r with { Action = v }),
        ClusterRule.List(peers, new ObjectCodec<ClusterPolicyPeer>(new ClusterPolicyPeer(), peer), r => r.Peers, (r, v) => r with { Peers = v }),
        ClusterRule.List("protocols", ProtocolCodec, r => r.Protocols, (r, v) => r with { Protocols = v }));

    private static ObjectCodec<AdminPolicyRule> AdminRuleCodec(string peers, Field<ClusterPolicyPeer>[] peer) => new(
        new AdminPolicyRule(),
        AdminRule.Text("name", r => r.Name, (r, v) => r with { Name = v }),
        AdminRule.Text("action", r => r.Action, (r, v) => r with { Action = v }),
        AdminRule.List(peers, new ObjectCodec<ClusterPolicyPeer>(new ClusterPolicyPeer(), peer), r => r.Peers, (r, v) => r with { Peers = v }),
        AdminRule.List("ports", AdminPortCodec, r => r.Ports, (r, v) => r with { Ports = v }));
}
