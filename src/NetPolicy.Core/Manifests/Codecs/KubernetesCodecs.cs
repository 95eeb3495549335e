using NetPolicy.Manifests.Kubernetes;
using Block = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Kubernetes.IpBlockSpec>;
using Peer = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Kubernetes.NetworkPolicyPeer>;
using Port = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Kubernetes.NetworkPolicyPort>;
using Requirement = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Kubernetes.LabelRequirement>;
using Rule = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Kubernetes.NetworkPolicyRule>;
using Selector = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Kubernetes.LabelSelectorSpec>;
using Spec = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Kubernetes.NetworkPolicySpec>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>The shape of a Kubernetes NetworkPolicy (Kubernetes specification §1).</summary>
internal static class KubernetesCodecs
{
    public static readonly ObjectCodec<LabelSelectorSpec> LabelSelector = new(
        new LabelSelectorSpec(),
        Selector.TextMap("matchLabels", s => s.MatchLabels, (s, v) => s with { MatchLabels = v }),
        Selector.List(
            "matchExpressions",
            new ObjectCodec<LabelRequirement>(
                new LabelRequirement(),
                Requirement.Text("key", r => r.Key, (r, v) => r with { Key = v }),
                Requirement.Text("operator", r => r.Operator, (r, v) => r with { Operator = v }),
                Requirement.Texts("values", r => r.Values, (r, v) => r with { Values = v })),
            s => s.MatchExpressions,
            (s, v) => s with { MatchExpressions = v }));

    private static readonly ObjectCodec<NetworkPolicyPeer> PeerCodec = new(
        new NetworkPolicyPeer(),
        Peer.Object("podSelector", LabelSelector, p => p.PodSelector, (p, v) => p with { PodSelector = v }),
        Peer.Object("namespaceSelector", LabelSelector, p => p.NamespaceSelector, (p, v) => p with { NamespaceSelector = v }),
        Peer.Object(
            "ipBlock",
            new ObjectCodec<IpBlockSpec>(
                new IpBlockSpec(),
                Block.Text("cidr", b => b.Cidr, (b, v) => b with { Cidr = v }),
                Block.Texts("except", b => b.Except, (b, v) => b with { Except = v })),
            p => p.IpBlock,
            (p, v) => p with { IpBlock = v }));

    private static readonly ObjectCodec<NetworkPolicyPort> PortCodec = new(
        new NetworkPolicyPort(),
        Port.Text("protocol", p => p.Protocol, (p, v) => p with { Protocol = v }),
        Port.IntOrString("port", p => p.Port, (p, v) => p with { Port = v }),
        Port.Int32("endPort", p => p.EndPort, (p, v) => p with { EndPort = v }));

    /// <summary>The fields of <c>spec</c>.</summary>
    public static readonly Field<NetworkPolicySpec>[] SpecFields =
    [
        Spec.Object("podSelector", LabelSelector, s => s.PodSelector, (s, v) => s with { PodSelector = v }),
        Spec.List("ingress", RuleCodec("from"), s => s.Ingress, (s, v) => s with { Ingress = v }),
        Spec.List("egress", RuleCodec("to"), s => s.Egress, (s, v) => s with { Egress = v }),
        Spec.Texts("policyTypes", s => s.PolicyTypes, (s, v) => s with { PolicyTypes = v }),
    ];

    public static readonly ObjectCodec<NetworkPolicySpec> SpecCodec = new(new NetworkPolicySpec(), SpecFields);

    private static ObjectCodec<NetworkPolicyRule> RuleCodec(string peers) => new(
        new NetworkPolicyRule(),
        Rule.List(peers, PeerCodec, r => r.Peers, (r, v) => r with { Peers = v }),
        Rule.List("ports", PortCodec, r => r.Ports, (r, v) => r with { Ports = v }));
}
