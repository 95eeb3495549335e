namespace NetPolicy.Dsl.Tests.Lowering;

using NetPolicy.Collections;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using Xunit;
using static NetPolicy.Dsl.Syntax;

public class ClusterLoweringTests
{
    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Shop = Namespace("shop"), Other = Namespace("other");
    private static readonly Workload Web = Shop.Workload("web", App.Is("web")), Api = Shop.Workload("api", App.Is("api"));
    private static readonly ClusterPolicyWithoutRules Everyone = ClusterPolicy("p").Admin(priority: 10).For(EveryNamespace.AllPods);

    private static readonly LabelSelectorSpec s_all = new(), s_shop = Label("kubernetes.io/metadata.name", "shop"), s_api = Label("app", "api");

    private static LabelSelectorSpec Label(string key, string value) => new() { MatchLabels = new EquatableMap<string>([new(key, value)]) };

    private static LabelKey Label(string key) => Syntax.Label(key);

    private static ClusterNetworkPolicySpec Spec(IPolicyPart part) => Assert.IsType<ClusterNetworkPolicyManifest>(Assert.Single(Lowered.All(part))).Spec!;

    private static EquatableArray<ClusterPolicyPeer> To(ClusterPeer peer) =>
        Assert.Single(Spec(Everyone.DenyTo(peer).OnAllTraffic()).Egress!.Value.AsEnumerable()).Peers!.Value;

    private static ClusterPolicySubject For(PodPeer pods) => Spec(ClusterPolicy("p").Admin(1).For(pods).DenyTo(Api).OnAllTraffic()).Subject!;

    private static EquatableArray<ClusterPolicyProtocol>? On(Ports ports) =>
        Assert.Single(Spec(Everyone.DenyTo(Api).On(ports)).Egress!.Value.AsEnumerable()).Protocols;

    private static DestinationPortMatch Number(int number) => new() { DestinationPort = new DestinationPort { Number = number } };

    private static DestinationPortMatch Range(int start, int end) =>
        new() { DestinationPort = new DestinationPort { Range = new DestinationPortRange { Start = start, End = end } } };

    [Fact]
    public void A_cluster_policy_is_a_document_of_its_own_api() => Lowered.Is(
        """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata:
          name: no-metadata
          labels:
            team: platform
          annotations:
            why: leaks
        spec:
          tier: Admin
          priority: 10
          subject:
            namespaces: {}
          ingress:
          - action: Accept
            from:
            - pods:
                namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: shop
                podSelector:
                  matchLabels:
                    app: web
            protocols:
            - tcp:
                destinationPort:
                  number: 80
            - destinationNamedPort: http
          egress:
          - action: Deny
            to:
            - networks:
              - 169.254.169.254/32
          - action: Accept
            to:
            - nodes:
                matchLabels:
                  zone: a
            - domainNames:
              - "*.example.io"
              - example.io
        """,
        ClusterPolicy("no-metadata").Admin(priority: 10).For(EveryNamespace.AllPods).Labelled(Label("team").Is("platform")).Annotated("why", "leaks")
            .AllowFrom(Web).On(Tcp(80) | Tcp("http"))
            .DenyTo(Cidr("169.254.169.254/32")).OnAllTraffic()
            .AllowTo(Nodes(Label("zone") == "a") | Domain("*.example.io") | Domain("example.io")).OnAllTraffic());

    [Fact]
    public void Tiers_are_words_and_priorities_their_numbers()
    {
        Assert.Equal(("Admin", 0), (Spec(ClusterPolicy("p").Admin(0).For(AllPods).PassTo(Api).OnAllTraffic()).Tier, Spec(ClusterPolicy("p").Admin(0).For(AllPods).PassTo(Api).OnAllTraffic()).Priority));
        ClusterNetworkPolicySpec baseline = Spec(ClusterPolicy("p").Baseline(1000).For(AllPods).PassTo(Api).OnAllTraffic());
        Assert.Equal(("Baseline", 1000), (baseline.Tier, baseline.Priority));
    }

    [Fact]
    public void Pods_are_namespaces_or_pods_of_namespaces()
    {
        Assert.Equal([new ClusterPolicyPeer { Namespaces = s_all }], To(AllPods));
        Assert.Equal([new ClusterPolicyPeer { Namespaces = s_all }], To(EveryNamespace.AllPods));
        Assert.Equal([new ClusterPolicyPeer { Pods = new NamespacedPodSelector { NamespaceSelector = s_all, PodSelector = s_api } }], To(Pods(App == "api")));
        Assert.Equal([new ClusterPolicyPeer { Namespaces = s_shop }], To(Shop.AllPods));
        Assert.Equal([new ClusterPolicyPeer { Pods = new NamespacedPodSelector { NamespaceSelector = s_shop, PodSelector = s_api } }], To(Api));
        Assert.Equal([new ClusterPolicyPeer { Namespaces = Label("team", "core") }], To(Namespaces(Label("team") == "core").AllPods));
    }

    [Fact]
    public void Namespace_conditions_that_unlabelled_things_satisfy_are_written_as_they_are() => Assert.Equal(
        [new ClusterPolicyPeer
        {
            Namespaces = new LabelSelectorSpec { MatchExpressions = [new LabelRequirement { Key = "kubernetes.io/metadata.name", Operator = "NotIn", Values = ["shop"] }] },
        }],
        To(EveryNamespaceExcept(Shop).AllPods));

    [Fact]
    public void Anywhere_is_the_networks_of_both_families_and_blocks_share_one_list()
    {
        Assert.Equal([new ClusterPolicyPeer { Networks = ["0.0.0.0/0", "::/0"] }], To(Anywhere));
        Assert.Equal(
            [new ClusterPolicyPeer { Networks = ["10.0.0.0/8", "fd00::/8"] }, new ClusterPolicyPeer { Namespaces = s_shop }],
            To(Cidr("10.0.0.0/8") | Shop.AllPods | Cidr("fd00::/8")));
        Assert.Equal([new ClusterPolicyPeer { Networks = ["0.0.0.0/0", "::/0"] }], To(AllNodes | Anywhere));
    }

    [Fact]
    public void Nodes_and_domains_are_peers_of_their_own()
    {
        Assert.Equal([new ClusterPolicyPeer { Nodes = s_all }], To(AllNodes));
        Assert.Equal(
            [new ClusterPolicyPeer { Nodes = Label("zone", "a") }, new ClusterPolicyPeer { Networks = ["10.0.0.0/8"] }],
            To(Nodes(Label("zone") == "a") | Cidr("10.0.0.0/8")));
        Assert.Equal(
            [new ClusterPolicyPeer { DomainNames = ["example.io", "*.example.io"] }],
            Assert.Single(Spec(Everyone.AllowTo(Domain("example.io") | Domain("*.example.io")).OnAllTraffic()).Egress!.Value.AsEnumerable()).Peers!.Value);
    }

    [Fact]
    public void A_subject_is_one_condition_and_a_union_comes_down_to_it_where_values_of_one_label_say_it()
    {
        Assert.Equal(new ClusterPolicySubject { Namespaces = s_all }, For(AllPods));
        Assert.Equal(new ClusterPolicySubject { Pods = new NamespacedPodSelector { NamespaceSelector = s_shop, PodSelector = s_api } }, For(Api));
        Assert.Equal(new ClusterPolicySubject { Namespaces = s_all }, For(Api | EveryNamespace.AllPods));
        Assert.Equal(new ClusterPolicySubject { Namespaces = In("kubernetes.io/metadata.name", "shop", "other") }, For(Shop.AllPods | Other.AllPods | Shop.AllPods));
        Assert.Equal(
            new ClusterPolicySubject { Pods = new NamespacedPodSelector { NamespaceSelector = s_shop, PodSelector = In("app", "web", "api", "db") } },
            For(Web | Shop.Pods(App.In("api", "db"))));

        static LabelSelectorSpec In(string key, params string[] values) =>
            new() { MatchExpressions = [new LabelRequirement { Key = key, Operator = "In", Values = [.. values] }] };
    }

    [Fact]
    public void Ports_are_protocols_and_all_ports_a_range()
    {
        Assert.Equal([new ClusterPolicyProtocol { Tcp = Number(80) }], On(Tcp(80)));
        Assert.Equal([new ClusterPolicyProtocol { Udp = Number(53) }, new ClusterPolicyProtocol { Tcp = Number(53) }], On(Dns));
        Assert.Equal([new ClusterPolicyProtocol { Sctp = Range(1, 9) }], On(Sctp(1).Through(9)));
        Assert.Equal([new ClusterPolicyProtocol { Tcp = Range(1, 65535) }, new ClusterPolicyProtocol { Tcp = Number(80) }], On(AllTcp | Tcp(80)));
        Assert.Equal([new ClusterPolicyProtocol { DestinationNamedPort = "http" }], On(Tcp("http") | Udp("http")));
        Assert.Null(Assert.Single(Spec(Everyone.DenyTo(Api).OnAllTraffic()).Egress!.Value.AsEnumerable()).Protocols);
    }

    [Fact]
    public void Long_unions_become_adjacent_rules_where_the_api_has_limits()
    {
        Ports ports = Enumerable.Range(2, 29).Select(n => (Ports)Tcp((ushort)n)).Aggregate((Ports)Tcp(1), (a, b) => a | b);
        PodPeer peers = AnyOf(Enumerable.Range(0, 30).Select(n => Namespace($"n{n}").AllPods));
        ClusterNetworkPolicySpec spec = Spec(Everyone.DenyTo(peers).On(ports));
        Assert.Equal([(25, 25), (25, 5), (5, 25), (5, 5)], spec.Egress!.Value.Select(r => (r.Peers!.Value.Count, r.Protocols!.Value.Count)));
        Peer blocks = Enumerable.Range(0, 30).Select(n => (Peer)Cidr($"10.{n}.0.0/16")).Aggregate((a, b) => a | b);
        Assert.Equal([25, 5], To(blocks).Select(p => p.Networks!.Value.Count));
    }
}
