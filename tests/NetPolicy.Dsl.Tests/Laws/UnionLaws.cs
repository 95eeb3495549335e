namespace NetPolicy.Dsl.Tests.Laws;

using FsCheck;
using FsCheck.Fluent;
using NetPolicy.Collections;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Spec;
using Xunit;
using static NetPolicy.Dsl.Syntax;

public class UnionLaws
{
    private const string Cluster =
        """
        {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: other}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: core, labels: {team: core}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: node1, annotations: {netpol/interfaces: '{"eth0":["192.0.2.1"]}'}}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {nodeName: node1, containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}, status: {podIPs: [{ip: 10.1.0.1}, {ip: "fd00::1"}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: api, namespace: shop, labels: {app: api, x: "1"}}, spec: {nodeName: node2, serviceAccountName: robot, containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}, status: {podIPs: [{ip: 10.1.0.2}, {ip: "fd00::2"}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: api, namespace: other, labels: {app: api}}, spec: {nodeName: node2, serviceAccountName: robot}, status: {podIPs: [{ip: 10.2.0.1}, {ip: "fd00::21"}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: bare, namespace: other}, spec: {nodeName: node2}, status: {podIPs: [{ip: 10.2.0.2}, {ip: "fd00::22"}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: core, labels: {app: web}}, spec: {nodeName: node2}, status: {podIPs: [{ip: 10.3.0.1}, {ip: "fd00::31"}]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: h, labels: {app: host}}, spec: {node: node3, interfaceName: eth0, expectedIPs: [192.0.2.3]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: blocked, labels: {app: blocked}}, spec: {nets: [203.0.113.0/24]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: partners, namespace: other, labels: {app: partners}}, spec: {nets: ["2001:db8:1::/48"]}}
        """;

    private static readonly string[] s_ends =
        ["shop/api", "other/api", "other/bare", "core/web", "192.0.2.3", "192.0.2.77", "203.0.113.9", "198.51.100.9", "2001:db8:1::9", "2001:db8:2::9", "2001:4860::9", "fd00::99"];

    private static readonly SpecFlow[] s_traffic =
    [
        new("", "", "TCP", 80), new("", "", "TCP", 80, SourcePort: 1500), new("", "", "TCP", 443), new("", "", "TCP", 8080), new("", "", "UDP", 53), new("", "", "UDP", 5),
        new("", "", "SCTP", 80), new("", "", "47"), new("", "", "ICMP", IcmpType: 8, IcmpCode: 0), new("", "", "ICMP", IcmpType: 3, IcmpCode: 1),
        new("", "", "ICMPv6", IcmpType: 128, IcmpCode: 0, IpFamily: 6), new("", "", "ICMPv6", IcmpType: 129, IcmpCode: 0, IpFamily: 6),
    ];

    [Fact]
    public void Lowered_rules_match_exactly_the_union_of_what_their_terms_match() => Law.ForAll(AnyRule, 120, rule =>
    {
        SpecWorld? whole = Load(rule);
        SpecWorld?[] parts =
        [
            .. from peer in rule.Peers
               from own in rule.OwnEnds.IsEmpty ? [-1] : rule.OwnEnds.AsEnumerable()
               from traffic in rule.Traffic.IsEmpty ? [-1] : rule.Traffic.AsEnumerable()
               select Load(rule with { Peers = [peer], OwnEnds = own < 0 ? [] : [own], Traffic = traffic < 0 ? [] : [traffic] }),
        ];
        foreach (SpecFlow flow in Flows(rule))
        {
            bool expected = parts.Any(p => p is not null && p.Evaluate(flow).Allowed), actual = whole is not null && whole.Evaluate(flow).Allowed;
            if (expected != actual)
            {
                return $"{flow}: the terms say {expected}, their union says {actual}";
            }
        }

        return null;
    });

    [Fact]
    public void Anywhere_absorbs_every_peer()
    {
        foreach (CalicoPeer peer in Vocabulary.CalicoPeers)
        {
            Assert.Equal(From(Anywhere), From(peer | Anywhere));
            Assert.Equal(From(Anywhere), From(Anywhere | peer));
        }

        static PolicySet From(CalicoPeer peer) => PolicySet.Define("set", [Vocabulary.Web.CalicoPolicy().AllowFrom(peer).OnAllTraffic()]);
    }

    [Fact]
    public void Saying_a_term_twice_is_saying_it_once()
    {
        Assert.All(Vocabulary.CalicoPeers, p => Assert.Equal(From(p, AllTcp), From(p | p, AllTcp)));
        Assert.All(Vocabulary.Traffic, t => Assert.Equal(From(Anywhere, t), From(Anywhere, t | t)));
    }

    [Fact]
    public void Unions_may_be_grouped_in_any_way() => Law.ForAll(AnyRule, 200, rule =>
    {
        if (rule.Peers.Count < 3)
        {
            return null;
        }

        CalicoPeer[] p = [.. rule.Peers.Select(i => Vocabulary.CalicoPeers[i % Vocabulary.CalicoPeers.Count])];
        return From(p[0] | p[1] | p[2], Tcp(1)).Equals(From(p[0] | (p[1] | p[2]), Tcp(1))) ? null : "differs by grouping";
    });

    private static Arbitrary<RuleModel> AnyRule => Arb.From(
        ArbMap.Default.GeneratorFor<DoNotSize<ulong>>().Select(seed => Make(new Dice(seed.Item))),
        rule => rule.Shrink());

    private static RuleModel Make(Dice dice) => new(
        dice.Chance(50) ? RuleDirection.Ingress : RuleDirection.Egress,
        RuleAction.Allow,
        [.. dice.Many(1, 4, () => dice.Below(100))],
        dice.Chance(20) ? [.. dice.Many(1, 2, () => dice.Below(100))] : [],
        dice.Chance(25) ? [] : [.. dice.Many(1, 3, () => dice.Below(100))]);

    private static PolicySet From(CalicoPeer peer, Traffic traffic) => PolicySet.Define("set", [Vocabulary.Web.CalicoPolicy().AllowFrom(peer).On(traffic)]);

    // Null if no term could be written, because none has an address family in common with the rest: such a rule allows nothing.
    private static SpecWorld? Load(RuleModel rule)
    {
        PolicySet set = PolicySet.Define("set", [new PolicyModel(PolicyNoun.Calico, 0, IsDecorated: false, IsStaged: false, [rule]).ToPart()]);
        return set.IsValid ? SpecWorld.Load([Cluster, set.ToYaml()]) : null;
    }

    private static IEnumerable<SpecFlow> Flows(RuleModel rule) =>
        from end in s_ends
        from traffic in s_traffic
        where !end.Contains(':', StringComparison.Ordinal) || traffic.Protocol != "ICMP"
        where end.Contains(':', StringComparison.Ordinal) || end.Contains('/', StringComparison.Ordinal) || traffic.IpFamily is null
        select rule.Direction == RuleDirection.Ingress ? traffic with { From = end, To = "shop/web" } : traffic with { From = "shop/web", To = end };
}
