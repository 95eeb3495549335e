namespace NetPolicy.Dsl.Tests.Lowering;

using NetPolicy.Manifests.Calico;
using Xunit;
using static NetPolicy.Dsl.Syntax;

public class CalicoLoweringTests
{
    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Shop = Namespace("shop"), Other = Namespace("other");
    private static readonly Workload Web = Shop.Workload("web", App.Is("web")), Api = Shop.Workload("api", App.Is("api"));

    private static EntityRule Source(CalicoPeer peer) =>
        Assert.Single(Lowered.Calico(Web.CalicoPolicy().AllowFrom(peer).OnAllTraffic()).Ingress!.Value.AsEnumerable()).Source!;

    private static EntityRule GlobalSource(CalicoPeer peer) =>
        Assert.Single(Lowered.Calico(GlobalPolicy("p").For(EveryNamespace.AllPods).AllowFrom(peer).OnAllTraffic()).Ingress!.Value.AsEnumerable()).Source!;

    [Fact]
    public void Selectors_are_written_in_canonical_text()
    {
        Assert.Equal("app == \"web\"", (App == "web").ToString());
        Assert.Equal("(app != \"a\" && has(tier) && !has(b))", (App != "a" & Label("tier").Exists & Label("b").IsAbsent).ToString());
        Assert.Equal("(app in {\"a\", \"b\"} || app not in {\"c\"})", (App.In("b", "a", "b") | App.NotIn("c")).ToString());
        Assert.Equal("!(app starts with \"a\" || app ends with \"b\")", (!(App.StartsWith("a") | App.EndsWith("b"))).ToString());
        Assert.Equal("app contains \"a\"", (!!App.Contains("a")).ToString());
        Assert.Equal("!app == \"a\"", (!(App == "a")).ToString());
        Assert.Equal("has(app)", (!App.IsAbsent).ToString());
        Assert.Equal("((a == \"1\" && b == \"2\") || c == \"3\")", (Label("a") == "1" & Label("b") == "2" | Label("c") == "3").ToString());
    }

    [Fact]
    public void Canonical_text_reads_back_as_itself()
    {
        Selector[] selectors = [App == "web", App.In("b", "a") & !App.Exists, !(App.StartsWith("a") | App != "b"), Label("a/b-c") == "" | App.IsAbsent, !App.IsAbsent];
        Assert.All(selectors, s => Assert.Equal(s.ToString(), NetPolicy.Labels.Selector.Parse(s.ToString()).ToString()));
    }

    [Fact]
    public void Pods_in_a_namespaced_policy_are_selected_in_its_namespace_or_by_a_namespace_selector()
    {
        Assert.Equal(new EntityRule { Selector = "app == \"x\"" }, Source(Pods(App == "x")));
        Assert.Equal(new EntityRule { Selector = "app == \"api\"" }, Source(Api));
        Assert.Equal(new EntityRule { Selector = "all()" }, Source(AllPods));
        Assert.Equal(new EntityRule { Selector = "all()" }, Source(Shop.AllPods));
        Assert.Equal(new EntityRule { NamespaceSelector = "kubernetes.io/metadata.name == \"other\"", Selector = "app == \"x\"" }, Source(Other.Pods(App == "x")));
        Assert.Equal(new EntityRule { NamespaceSelector = "team == \"a\"" }, Source(Namespaces(Label("team") == "a").AllPods));
        Assert.Equal(new EntityRule { NamespaceSelector = "all()" }, Source(EveryNamespace.AllPods));
        Assert.Equal(new EntityRule { NamespaceSelector = "all()", Selector = "app starts with \"x\"" }, Source(EveryNamespace.Pods(App.StartsWith("x"))));
    }

    [Fact]
    public void Pods_in_a_global_policy_are_of_every_namespace_and_never_host_endpoints()
    {
        Assert.Equal(new EntityRule { NamespaceSelector = "all()", Selector = "app == \"x\"" }, GlobalSource(Pods(App == "x")));
        Assert.Equal(new EntityRule { NamespaceSelector = "all()" }, GlobalSource(AllPods));
        Assert.Equal(new EntityRule { NamespaceSelector = "kubernetes.io/metadata.name == \"shop\"", Selector = "app == \"api\"" }, GlobalSource(Api));
    }

    [Fact]
    public void A_namespace_condition_that_unlabelled_things_satisfy_is_guarded()
    {
        Assert.Equal(new EntityRule { NamespaceSelector = "(all() && kubernetes.io/metadata.name != \"other\")" }, Source(EveryNamespaceExcept(Other).AllPods));
        Assert.Equal(
            new EntityRule { NamespaceSelector = "(all() && kubernetes.io/metadata.name not in {\"other\", \"shop\"})" },
            GlobalSource(EveryNamespaceExcept(Shop, Other).AllPods));
        Assert.Equal(new EntityRule { NamespaceSelector = "(all() && !has(team))" }, Source(Namespaces(Label("team").IsAbsent).AllPods));
        Assert.Equal(new EntityRule { NamespaceSelector = "(has(x) && !has(team))" }, Source(Namespaces(Label("x").Exists & Label("team").IsAbsent).AllPods));
        Assert.Equal(new EntityRule { NamespaceSelector = "(all() && role != \"core\")" }, Source(EveryNamespaceExcept(Other.KnownBy(Label("role").Is("core"))).AllPods));
    }

    [Fact]
    public void Other_peers_of_calico_have_their_own_clauses()
    {
        Assert.Equal(new EntityRule { NamespaceSelector = "global()", Selector = "app == \"h\"" }, Source(HostEndpoints(App == "h")));
        Assert.Equal(new EntityRule { Services = new ServiceMatch { Name = "s", Namespace = "shop" } }, Source(Shop.Service("s")));
        Assert.Equal(new EntityRule { ServiceAccounts = new ServiceAccountMatch { Names = ["sa"] } }, Source(Shop.ServiceAccount("sa")));
        Assert.Equal(
            new EntityRule { NamespaceSelector = "kubernetes.io/metadata.name == \"other\"", ServiceAccounts = new ServiceAccountMatch { Names = ["sa"] } },
            Source(Other.ServiceAccount("sa")));
        Assert.Equal(new EntityRule { NamespaceSelector = "global()", Selector = "app == \"set\"" }, Source(GlobalNetworkSet("s").Labelled(App.Is("set"))));
        Assert.Equal(new EntityRule { Selector = "app == \"set\"" }, Source(Shop.NetworkSet("s").Labelled(App.Is("set"))));
        Assert.Equal(
            new EntityRule { NamespaceSelector = "kubernetes.io/metadata.name == \"shop\"", Selector = "app == \"set\"" },
            GlobalSource(Shop.NetworkSet("s").Labelled(App.Is("set"))));
    }

    [Fact]
    public void Pods_and_host_endpoints_alike_are_one_rule_in_a_global_policy_and_two_in_a_namespaced_one()
    {
        Assert.Equal(new EntityRule { Selector = "has(x)" }, GlobalSource(Endpoints(Label("x").Exists)));
        Assert.Equal(
            [new EntityRule { NamespaceSelector = "all()", Selector = "has(x)" }, new EntityRule { NamespaceSelector = "global()", Selector = "has(x)" }],
            Lowered.Calico(Web.CalicoPolicy().AllowFrom(Endpoints(Label("x").Exists)).OnAllTraffic()).Ingress!.Value.Select(r => r.Source));
    }

    [Fact]
    public void Anywhere_on_all_traffic_says_nothing_but_the_action() =>
        Assert.Equal(new CalicoRule { Action = "Deny" }, Assert.Single(Lowered.Calico(Web.CalicoPolicy().DenyFrom(Anywhere).OnAllTraffic()).Ingress!.Value.AsEnumerable()));

    [Fact]
    public void Unions_become_adjacent_rules_by_family_and_protocol_and_exceptions_stand_alone() => Lowered.Is(
        """
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          selector: app == "web"
          types:
          - Ingress
          ingress:
          - action: Deny
            protocol: TCP
            source:
              nets:
              - 10.0.0.0/8
              - 192.0.2.0/24
            destination:
              ports:
              - 80
              - "8000:8100"
              - http
          - action: Deny
            protocol: UDP
            source:
              nets:
              - 10.0.0.0/8
              - 192.0.2.0/24
            destination:
              ports:
              - 53
          - action: Deny
            protocol: TCP
            source:
              nets:
              - fd00::/8
            destination:
              ports:
              - 80
              - "8000:8100"
              - http
          - action: Deny
            protocol: UDP
            source:
              nets:
              - fd00::/8
            destination:
              ports:
              - 53
          - action: Deny
            protocol: TCP
            source:
              nets:
              - 172.16.0.0/12
              notNets:
              - 172.20.0.0/16
            destination:
              ports:
              - 80
              - "8000:8100"
              - http
          - action: Deny
            protocol: UDP
            source:
              nets:
              - 172.16.0.0/12
              notNets:
              - 172.20.0.0/16
            destination:
              ports:
              - 53
        """,
        Web.CalicoPolicy()
            .DenyFrom(Cidr("10.0.0.0/8") | Cidr("fd00::/8") | Cidr("172.16.0.0/12").Except("172.20.0.0/16") | Cidr("192.0.2.0/24"))
            .On(Tcp(80) | Udp(53) | Tcp(8000).Through(8100) | Tcp("http")));

    [Fact]
    public void All_ports_stay_all_beside_a_single_one()
    {
        CalicoRule[] rules = [.. Lowered.Calico(Web.CalicoPolicy().AllowFrom(Anywhere).On(AllTcp | Tcp(80))).Ingress!.Value];
        Assert.Equal(2, rules.Length);
        Assert.Equal("TCP", rules[0].Protocol.ToString());
        Assert.Null(rules[0].Destination);
    }

    [Fact]
    public void Traffic_that_only_calico_knows_has_its_clauses()
    {
        CalicoRule[] rules =
        [
            .. Lowered.Calico(Web.CalicoPolicy().AllowTo(Anywhere).On(
                AllTcp.Except(Tcp(22) | Tcp(8000).Through(8100)) | IpProtocol(47) | Icmp.Any | Icmp.EchoRequest | Icmp.Type(3, 4) | IcmpV6.AnyExcept(128)
                | Udp(53).FromSourcePorts(1024, 65535))).Egress!.Value,
        ];
        Assert.Equal(["TCP", "47", "ICMP", "ICMP", "ICMP", "ICMPv6", "UDP"], rules.Select(r => r.Protocol.ToString()));
        Assert.Equal(["22", "8000:8100"], rules[0].Destination!.NotPorts!.Value.Select(p => p.ToString()));
        Assert.True(rules[1].Protocol!.Value.IsNumber);
        Assert.Null(rules[2].Icmp);
        Assert.Equal(new IcmpMatch { Type = 8 }, rules[3].Icmp);
        Assert.Equal(new IcmpMatch { Type = 3, Code = 4 }, rules[4].Icmp);
        Assert.Equal(new IcmpMatch { Type = 128 }, rules[5].NotIcmp);
        Assert.Equal("1024:65535", rules[6].Source!.Ports!.Value[0].ToString());
        Assert.Equal("53", rules[6].Destination!.Ports!.Value[0].ToString());
    }

    [Fact]
    public void Icmp_meets_only_blocks_of_its_own_family()
    {
        CalicoRule[] rules =
        [
            .. Lowered.Calico(Web.CalicoPolicy().AllowFrom(Cidr("10.0.0.0/8") | Cidr("fd00::/8")).On(Icmp.EchoRequest | IcmpV6.EchoRequest)).Ingress!.Value,
        ];
        Assert.Equal([("ICMP", "10.0.0.0/8"), ("ICMPv6", "fd00::/8")], rules.Select(r => (r.Protocol.ToString()!, r.Source!.Nets!.Value[0])));
    }

    [Fact]
    public void Both_ends_of_a_rule_pair_up_within_a_family()
    {
        CalicoRule[] rules =
        [
            .. Lowered.Calico(GlobalPolicy("p").For(EveryNamespace.AllPods)
                .DenyTo(Cidr("10.0.0.0/8") | Cidr("fd00::/8")).From(Pods(App == "x") | Cidr("fd20::/16")).On(Tcp(443))).Egress!.Value,
        ];
        Assert.Equal(
            ["app == \"x\" > 10.0.0.0/8", "app == \"x\" > fd00::/8", "fd20::/16 > fd00::/8"],
            rules.Select(r => $"{r.Source!.Selector ?? r.Source.Nets!.Value[0]} > {r.Destination!.Nets!.Value[0]}"));
    }

    [Fact]
    public void Http_is_a_clause_on_a_tcp_port() => Lowered.Is(
        """
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata:
          name: public-http
          namespace: shop
        spec:
          selector: app == "web"
          types:
          - Ingress
          ingress:
          - action: Allow
            protocol: TCP
            destination:
              ports:
              - 80
            http:
              methods:
              - GET
              paths:
              - prefix: /public
              - exact: /healthz
        """,
        Web.CalicoPolicy("public-http").AllowFrom(Anywhere).On(Http(80).Method("GET").Under("/public").At("/healthz")));

    [Fact]
    public void The_subject_of_a_global_policy_never_grows_host_endpoints()
    {
        Assert.Equal(("all()", null), Subject(EveryNamespace.AllPods));
        Assert.Equal(("all()", "app == \"x\""), Subject(Pods(App == "x")));
        Assert.Equal(("kubernetes.io/metadata.name == \"shop\"", "app == \"web\""), Subject(Web));
        Assert.Equal(("(all() && kubernetes.io/metadata.name != \"other\")", null), Subject(EveryNamespaceExcept(Other).AllPods));
        Assert.Equal(("kubernetes.io/metadata.name == \"shop\"", "(app == \"web\" || app == \"api\")"), Subject(Web | Api));
        Assert.Equal(("(kubernetes.io/metadata.name == \"shop\" || kubernetes.io/metadata.name == \"other\")", null), Subject(Shop.AllPods | Other.AllPods));
        Assert.Equal(
            (null, "((has(projectcalico.org/namespace) && pcns.kubernetes.io/metadata.name == \"shop\" && app == \"web\") || (has(projectcalico.org/namespace) && pcns.kubernetes.io/metadata.name == \"other\"))"),
            Subject(Web | Other.AllPods));

        static (string?, string?) Subject(PodPeer pods)
        {
            CalicoPolicySpec spec = Lowered.Calico(GlobalPolicy("p").For(pods).NoIngress());
            return (spec.NamespaceSelector, spec.Selector);
        }
    }

    [Fact]
    public void Host_endpoints_as_subject_exclude_pods_except_where_no_pod_can_be_met()
    {
        GlobalPolicyWithoutSubject policy = GlobalPolicy("p");
        HostEndpointGroup hosts = HostEndpoints(App == "h");
        Assert.Equal("(!has(projectcalico.org/namespace) && app == \"h\")", Lowered.Calico(policy.For(hosts).NoIngress()).Selector);
        Assert.Equal("app == \"h\"", Lowered.Calico(policy.For(hosts).PreDnat().NoIngress()).Selector);
        Assert.Equal("app == \"h\"", Lowered.Calico(policy.For(hosts).DoNotTrack().NoIngress()).Selector);
        Assert.Equal("app == \"h\"", Lowered.Calico(policy.For(Endpoints(App == "h")).NoIngress()).Selector);
    }

    [Fact]
    public void Stages_imply_applying_on_forward()
    {
        HostPolicyWithoutRules policy = GlobalPolicy("p").For(HostEndpoints(App == "h"));
        Assert.Equal((null, null, null), Stages(policy.NoIngress()));
        Assert.Equal((true, null, null), Stages(policy.ApplyOnForward().NoIngress()));
        Assert.Equal((true, true, null), Stages(policy.PreDnat().NoIngress()));
        Assert.Equal((true, null, true), Stages(policy.ApplyOnForward().DoNotTrack().NoIngress()));

        static (bool?, bool?, bool?) Stages(IPolicyPart part) => Lowered.Calico(part) is var spec ? (spec.ApplyOnForward, spec.PreDnat, spec.DoNotTrack) : default;
    }

    [Fact]
    public void Order_and_tier_are_attributes()
    {
        OrderBand guardrails = OrderBand("guardrails", 100, 199);
        CalicoPolicySpec spec = Lowered.Calico(Web.CalicoPolicy().Order(guardrails + 10).NoIngress().In(Tier("security")));
        Assert.Equal((110, "security"), (spec.Order, spec.Tier));
        Assert.Null(Lowered.Calico(Web.CalicoPolicy().NoIngress()).Order);
        Assert.Equal(2.5, Lowered.Calico(Web.CalicoPolicy().Order(2.5).NoIngress()).Order);
    }

    [Fact]
    public void The_other_kinds_of_calico_are_parts_too() => Lowered.Is(
        """
        apiVersion: projectcalico.org/v3
        kind: Tier
        metadata:
          name: security
        spec:
          order: 100
          defaultAction: Pass
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata:
          name: node1-eth0
          labels:
            app: h
        spec:
          node: node1
          interfaceName: eth0
          expectedIPs:
          - 192.0.2.1
          profiles:
          - projectcalico-default-allow
          ports:
          - name: ssh
            protocol: TCP
            port: 22
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata:
          name: node2-all
        spec:
          node: node2
          interfaceName: "*"
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkSet
        metadata:
          name: blocked
          labels:
            app: blocked
        spec:
          nets:
          - 192.0.2.0/24
          - fd00::/8
        ---
        apiVersion: projectcalico.org/v3
        kind: NetworkSet
        metadata:
          name: partners
          namespace: shop
          labels:
            app: partners
        """,
        DefaultTier,
        Tier("security").Order(100).PassByDefault(),
        HostEndpoint("node1-eth0").OnNode("node1").Interface("eth0").Labelled(App.Is("h")).ExpectedIps("192.0.2.1").Profiles("projectcalico-default-allow").Port(Tcp(22).Named("ssh")),
        HostEndpoint("node2-all").OnNode("node2").AllInterfaces(),
        GlobalNetworkSet("blocked").Labelled(App.Is("blocked")).Containing(Cidr("192.0.2.0/24")).Containing(Cidr("fd00::/8")),
        Shop.NetworkSet("partners").Labelled(App.Is("partners")),
        Nothing);

    [Fact]
    public void Service_accounts_select_by_their_own_selector()
    {
        CalicoPolicySpec spec = Lowered.Calico(Shop.CalicoPolicy("p").ForServiceAccounts(App == "x").NoIngress());
        Assert.Equal((null, "app == \"x\""), (spec.Selector, spec.ServiceAccountSelector));
        Assert.Equal("all()", Lowered.Calico(Shop.CalicoPolicy("p").ForAllPods().NoIngress()).Selector);
    }

    [Fact]
    public void Long_unions_are_split_where_the_api_has_limits()
    {
        CalicoPeer blocks = Enumerable.Range(0, 300).Select(i => (CalicoPeer)Cidr($"10.{i / 256}.{i % 256}.0/24")).Aggregate((a, b) => a | b);
        Traffic ports = Enumerable.Range(1, 70).Select(i => (Traffic)Tcp((ushort)(i * 2))).Aggregate((a, b) => a | b);
        CalicoRule[] rules = [.. Lowered.Calico(Web.CalicoPolicy().AllowFrom(blocks).On(ports)).Ingress!.Value];
        Assert.Equal([(256, 50), (256, 20), (44, 50), (44, 20)], rules.Select(r => (r.Source!.Nets!.Value.Count, r.Destination!.Ports!.Value.Count)));
    }
}
