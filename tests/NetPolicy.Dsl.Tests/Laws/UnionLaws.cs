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
        {apiVersion: v1, kind: Node, metadata: {name: node1, labels: {zone: a}, annotations: {netpol/interfaces: '{"eth0":["192.0.2.1"]}'}}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
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
        {apiVersion: v1, kind: Node, metadata: {name: node2, labels: {zone: c}}, status: {addresses: [{type: InternalIP, address: 192.0.2.2}]}}
        ---
        {kind: DomainNames, names: {api.example.io: [198.51.100.9], example.io: [203.0.113.9]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: node1-eth0, labels: {app: web}}, spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1], profiles: [projectcalico-default-allow]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: h, labels: {app: host}}, spec: {node: node3, interfaceName: eth0, expectedIPs: [192.0.2.3]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: blocked, labels: {app: blocked}}, spec: {nets: [203.0.113.0/24]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: partners, namespace: other, labels: {app: partners}}, spec: {nets: ["2001:db8:1::/48"]}}
        """;

    private static readonly string[] s_ends =
        ["shop/api", "other/api", "other/bare", "core/web", "192.0.2.2", "192.0.2.3", "192.0.2.77", "203.0.113.9", "198.51.100.9", "2001:db8:1::9", "2001:db8:2::9", "2001:4860::9", "fd00::99"];

    private static readonly SpecFlow[] s_traffic =
    [
        new("", "", "TCP", 80), new("", "", "TCP", 80, SourcePort: 1500), new("", "", "TCP", 443), new("", "", "TCP", 8080), new("", "", "UDP", 53), new("", "", "UDP", 5),
        new("", "", "SCTP", 80), new("", "", "47"), new("", "", "ICMP", IcmpType: 8, IcmpCode: 0), new("", "", "ICMP", IcmpType: 3, IcmpCode: 1),
        new("", "", "ICMPv6", IcmpType: 128, IcmpCode: 0, IpFamily: 6), new("", "", "ICMPv6", IcmpType: 129, IcmpCode: 0, IpFamily: 6),
    ];

    [Theory]
    [InlineData(nameof(PolicyNoun.Kubernetes), 70)]
    [InlineData(nameof(PolicyNoun.Calico), 110)]
    [InlineData(nameof(PolicyNoun.Global), 70)]
    [InlineData(nameof(PolicyNoun.Host), 65)]
    [InlineData(nameof(PolicyNoun.Untracked), 50)]
    [InlineData(nameof(PolicyNoun.PreDnat), 50)]
    [InlineData(nameof(PolicyNoun.Cluster), 85)]
    public void Lowered_rules_match_exactly_the_union_of_what_their_terms_match(string word, int rules)
    {
        PolicyNoun noun = Enum.Parse<PolicyNoun>(word);
        int matched = 0, passed = 0;
        Law.ForAll(AnyRule(noun), rules, rule =>
        {
            SpecWorld? whole = Load(noun, rule);
            SpecWorld?[] parts =
            [
                .. from peer in rule.Peers
                   from own in rule.OwnEnds.IsEmpty ? [-1] : rule.OwnEnds.AsEnumerable()
                   from traffic in rule.Traffic.IsEmpty ? [-1] : rule.Traffic.AsEnumerable()
                   select Load(noun, rule with { Peers = [peer], OwnEnds = own < 0 ? [] : [own], Traffic = traffic < 0 ? [] : [traffic] }),
            ];
            foreach (SpecFlow flow in Flows(noun, rule))
            {
                bool expected = parts.Any(p => Matches(p, rule, flow)), actual = Matches(whole, rule, flow);
                matched += actual ? 1 : 0;
                passed += actual ? 0 : 1;
                if (expected != actual)
                {
                    return $"{flow}: the terms say {expected}, their union says {actual}";
                }
            }

            return null;
        });
        Assert.True(matched > rules && passed > rules, $"{matched} flows matched, {passed} did not");
    }

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
    public void Unions_may_be_grouped_in_any_way() => Law.ForAll(AnyRule(PolicyNoun.Calico), Law.Worlds, rule =>
    {
        if (rule.Peers.Count < 3)
        {
            return null;
        }

        CalicoPeer[] p = [.. rule.Peers.Select(i => Vocabulary.CalicoPeers[i % Vocabulary.CalicoPeers.Count])];
        return From(p[0] | p[1] | p[2], Tcp(1)).Equals(From(p[0] | (p[1] | p[2]), Tcp(1))) ? null : "differs by grouping";
    });

    private static Arbitrary<RuleModel> AnyRule(PolicyNoun noun) => Arb.From(
        ArbMap.Default.GeneratorFor<DoNotSize<ulong>>().Select(seed => Make(new Dice(seed.Item), noun)),
        rule => rule.Shrink());

    // Where a flow that no rule matches is denied anyway the rule allows, and denies where such a flow passes.
    private static RuleModel Make(Dice dice, PolicyNoun noun) => new(
        noun == PolicyNoun.PreDnat || dice.Chance(50) ? RuleDirection.Ingress : RuleDirection.Egress,
        noun is PolicyNoun.PreDnat or PolicyNoun.Untracked or PolicyNoun.Cluster ? RuleAction.Deny : RuleAction.Allow,
        [.. dice.Many(1, 4, () => dice.Below(100))],
        noun is not PolicyNoun.Kubernetes and not PolicyNoun.Cluster && dice.Chance(20) ? [.. dice.Many(1, 2, () => dice.Below(100))] : [],
        dice.Chance(25) ? [] : [.. dice.Many(1, 3, () => dice.Below(100))]);

    private static PolicySet From(CalicoPeer peer, Traffic traffic) => PolicySet.Define("set", [Vocabulary.Web.CalicoPolicy().AllowFrom(peer).On(traffic)]);

    private static bool Matches(SpecWorld? world, RuleModel rule, SpecFlow flow) =>
        world is not null && world.Evaluate(flow).Allowed == (rule.Action == RuleAction.Allow);

    // Null if no term could be written, because none has an address family in common with the rest: such a rule matches nothing.
    private static SpecWorld? Load(PolicyNoun noun, RuleModel rule)
    {
        PolicySet set = PolicySet.Define("set", [new PolicyModel(noun, 0, IsDecorated: false, IsStaged: false, [rule]).ToPart()]);
        Assert.All(set.Diagnostics.AsEnumerable(), d => Assert.Equal(DslDiagnostics.FamiliesNeverMeet.Id, d.Id));
        return set.IsValid ? SpecWorld.Load([Cluster, set.ToYaml()]) : null;
    }

    private static IEnumerable<SpecFlow> Flows(PolicyNoun noun, RuleModel rule) =>
        from end in s_ends
        from traffic in s_traffic
        let subject = noun is PolicyNoun.Host or PolicyNoun.Untracked or PolicyNoun.PreDnat ? "host:node1" : "shop/web"
        where !end.Contains(':', StringComparison.Ordinal) || traffic.Protocol != "ICMP"
        where end.Contains(':', StringComparison.Ordinal) || end.Contains('/', StringComparison.Ordinal) || traffic.IpFamily is null
        where subject == "shop/web" || (traffic.IpFamily is null && !end.Contains(':', StringComparison.Ordinal))
        select rule.Direction == RuleDirection.Ingress ? traffic with { From = end, To = subject } : traffic with { From = subject, To = end };
}
