namespace NetPolicy.Dsl.Tests.Lowering;

using NetPolicy.Manifests.Kubernetes;
using Xunit;
using static NetPolicy.Dsl.Syntax;

public class KubernetesLoweringTests
{
    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Shop = Namespace("shop"), Other = Namespace("other");
    private static readonly Workload Web = Shop.Workload("web", App.Is("web")), Api = Shop.Workload("api", App.Is("api"));

    [Fact]
    public void Every_word_of_a_kubernetes_selector_has_its_operator() => Lowered.Is(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: p
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              a: x
            matchExpressions:
            - key: b
              operator: NotIn
              values:
              - x
            - key: c
              operator: In
              values:
              - z
              - x
            - key: d
              operator: NotIn
              values:
              - x
              - "y"
            - key: e
              operator: Exists
            - key: f
              operator: DoesNotExist
          policyTypes:
          - Ingress
        """,
        Shop.Policy("p").For(Label("a") == "x" & Label("b") != "x" & Label("c").In("z", "x") & Label("d").NotIn("x", "y") & Label("e").Exists & Label("f").IsAbsent).NoIngress());

    [Fact]
    public void A_second_value_asked_of_one_key_is_kept()
    {
        LabelSelectorSpec selector = Lowered.Kubernetes(Shop.Policy("p").For(App == "a" & App == "b").NoIngress()).PodSelector!;
        Assert.Equal("a", selector.MatchLabels!.Value.AsSpan()[0].Value);
        Assert.Equal(new LabelRequirement { Key = "app", Operator = "In", Values = ["b"] }, Assert.Single(selector.MatchExpressions!.Value.AsEnumerable()));
    }

    [Fact]
    public void Pods_of_the_own_namespace_are_a_pod_selector_alone() => Lowered.Is(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: web
          ingress:
          - from:
            - podSelector:
                matchLabels:
                  app: api
            - podSelector:
                matchLabels:
                  app: x
            - podSelector: {}
          policyTypes:
          - Ingress
        """,
        Web.Policy().AllowFrom(Api | Pods(App == "x") | Shop.AllPods).OnAllTraffic());

    [Fact]
    public void Pods_of_other_namespaces_have_a_namespace_selector_and_a_pod_selector_if_it_says_something() => Lowered.Is(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: web
          egress:
          - to:
            - podSelector:
                matchLabels:
                  app: x
              namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: other
            - namespaceSelector:
                matchLabels:
                  team: a
            - namespaceSelector: {}
            - namespaceSelector:
                matchExpressions:
                - key: kubernetes.io/metadata.name
                  operator: NotIn
                  values:
                  - other
                  - shop
            - namespaceSelector:
                matchLabels:
                  role: core
          policyTypes:
          - Egress
        """,
        Web.Policy().AllowTo(
            Other.Pods(App == "x") | Namespaces(Label("team") == "a").AllPods | EveryNamespace.AllPods | EveryNamespaceExcept(Other, Shop).AllPods
            | Other.KnownBy(Label("role").Is("core")).AllPods).OnAllTraffic());

    [Fact]
    public void Anywhere_names_no_peer_and_all_traffic_no_port()
    {
        NetworkPolicyRule rule = Assert.Single(Lowered.Kubernetes(Web.Policy().AllowFrom(Anywhere).OnAllTraffic()).Ingress!.Value.AsEnumerable());
        Assert.Equal(new NetworkPolicyRule(), rule);
    }

    [Fact]
    public void Blocks_of_both_families_stand_in_one_rule_with_their_exceptions() => Lowered.Is(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: web
          ingress:
          - from:
            - ipBlock:
                cidr: 10.0.0.0/8
                except:
                - 10.1.0.0/16
                - 10.2.0.0/16
            - ipBlock:
                cidr: fd00::/8
            ports:
            - protocol: TCP
              port: 80
            - protocol: UDP
              port: 8000
              endPort: 8100
            - protocol: SCTP
              port: sig
            - protocol: TCP
          policyTypes:
          - Ingress
        """,
        Web.Policy().AllowFrom(Cidr("10.0.0.0/8").Except("10.1.0.0/16").Except("10.2.0.0/16") | Cidr("fd00::/8"))
            .On(Tcp(80) | Udp(8000).Through(8100) | Sctp("sig") | AllTcp));

    [Fact]
    public void A_named_port_matches_by_number_unless_by_name()
    {
        NamedPort http = Tcp(80).Named("http");
        NetworkPolicySpec spec = Lowered.Kubernetes(Web.Policy().AllowFrom(Api).On(http).AllowFrom(Api).On(http.ByName));
        Assert.Equal(["80", "http"], spec.Ingress!.Value.Select(r => r.Ports!.Value[0].Port.ToString()));
    }

    [Fact]
    public void A_direction_is_taken_over_if_and_only_if_it_is_mentioned()
    {
        Assert.Equal(["Ingress"], Lowered.Kubernetes(Web.Policy().AllowFrom(Api).OnAllTraffic()).PolicyTypes!.Value);
        Assert.Equal(["Egress"], Lowered.Kubernetes(Web.Policy().AllowTo(Api).OnAllTraffic()).PolicyTypes!.Value);
        Assert.Equal(["Egress"], Lowered.Kubernetes(Web.Policy().NoEgress()).PolicyTypes!.Value);
        Assert.Equal(["Ingress", "Egress"], Lowered.Kubernetes(Web.Policy().NoEgress().AllowFrom(Api).OnAllTraffic()).PolicyTypes!.Value);
    }

    [Fact]
    public void Ready_made_policies_are_those_their_names_say() => Lowered.Is(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: deny-all
          namespace: shop
        spec:
          podSelector: {}
          policyTypes:
          - Ingress
          - Egress
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: allow-dns
          namespace: shop
        spec:
          podSelector: {}
          egress:
          - to:
            - podSelector:
                matchLabels:
                  k8s-app: kube-dns
              namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: kube-system
            ports:
            - protocol: UDP
              port: 53
            - protocol: TCP
              port: 53
          policyTypes:
          - Egress
        """,
        Shop.DenyAll(),
        Shop.AllowDns());

    [Fact]
    public void Labels_and_annotations_describe_the_policy_itself() => Lowered.Is(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
          namespace: shop
          labels:
            team: a
            tier: web
          annotations:
            why: ticket 7
        spec:
          podSelector:
            matchLabels:
              app: web
          policyTypes:
          - Ingress
        """,
        Web.Policy().Labelled(Label("tier").Is("web")).NoIngress().Labelled(Label("team").Is("a")).Annotated("why", "ticket 7"));

    [Fact]
    public void A_staged_kubernetes_policy_is_a_kind_of_calico() => Lowered.Is(
        """
        apiVersion: projectcalico.org/v3
        kind: StagedKubernetesNetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          stagedAction: Set
          podSelector:
            matchLabels:
              app: web
          policyTypes:
          - Ingress
        """,
        Web.Policy().NoIngress().Staged());

    [Fact]
    public void A_sentence_may_be_branched_and_extended()
    {
        KubernetesPolicyWithoutRules web = Web.Policy();
        KubernetesPolicy one = web.AllowFrom(Api).On(Tcp(1)), two = one.AllowFrom(Api).On(Tcp(2));
        Assert.Single(Lowered.Kubernetes(one).Ingress!.Value.AsEnumerable());
        Assert.Equal(2, Lowered.Kubernetes(two).Ingress!.Value.Count);
        Assert.Null(Lowered.Kubernetes(web.NoIngress()).Ingress);
    }

    [Fact]
    public void A_pair_is_a_policy_for_producers_and_one_in_each_consuming_namespace()
    {
        Role role = Shop.Role("foo").Serves(Tcp(80)).ConsumedIn(Shop, Other);
        IReadOnlyList<Manifests.Manifest> documents = Lowered.All(role.Pair());
        Assert.Equal(
            ["NetworkPolicy shop/foo-producer", "NetworkPolicy shop/foo-consumer", "NetworkPolicy other/foo-consumer"],
            documents.Select(d => d.Id.ToString()));
        NetworkPolicyPeer[] consumers = [.. ((NetworkPolicyManifest)documents[0]).Spec!.Ingress!.Value[0].Peers!.Value];
        Assert.Null(consumers[0].NamespaceSelector);
        Assert.Equal("other", consumers[1].NamespaceSelector!.MatchLabels!.Value.AsSpan()[0].Value);
        Assert.All(consumers, c => Assert.Equal("consumer", c.PodSelector!.MatchLabels!.Value.AsSpan()[0].Value));
        Assert.All(documents.Skip(1).Cast<NetworkPolicyManifest>(), d => Assert.Equal(["Egress"], d.Spec!.PolicyTypes!.Value));
    }

    [Fact]
    public void A_connection_is_egress_at_one_end_and_ingress_at_the_other() => Lowered.Is(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web-to-api
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: web
          egress:
          - to:
            - podSelector:
                matchLabels:
                  app: api
            ports:
            - protocol: TCP
              port: 8080
          policyTypes:
          - Egress
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: api-from-web
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: api
          ingress:
          - from:
            - podSelector:
                matchLabels:
                  app: web
            ports:
            - protocol: TCP
              port: 8080
          policyTypes:
          - Ingress
        """,
        Connect(Web).To(Api).On(Tcp(8080)));
}
