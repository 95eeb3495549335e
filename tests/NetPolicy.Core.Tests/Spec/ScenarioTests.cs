using Xunit;
using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <summary>The five reference scenarios as the oracle sees them.</summary>
public sealed class ScenarioTests
{
    private const string Internet = "203.0.113.9";

    private static readonly string[] Base =
    [
        Node("node1", "192.0.2.1"),
        Node("node2", "192.0.2.2"),
        Pod("kube-system/kube-dns", "k8s-app: kube-dns", "172.20.1.53 fd20::1:53", ports: "{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}"),
    ];

    [Fact]
    public void Functions_are_fenced_in_by_one_policy()
    {
        string[] cluster =
        [
            .. Base,
            Namespace("openfaas", "role: openfaas-system"),
            Namespace("openfaas-fn", "role: openfaas-fn"),
            Namespace("nginx", "role: nginx"),
            Namespace("kube-system", "role: kube-system"),
            Pod("openfaas/gateway", "app: gateway", "172.20.1.2"),
            Pod("openfaas-fn/net-demo", "", "172.20.1.3"),
            Pod("openfaas-fn/fcomm-demo", "", "172.20.1.4"),
            Pod("nginx/my-nginx-1", "run: my-nginx", "172.20.1.5"),
            Pod("nginx/my-nginx-2", "run: my-nginx", "172.20.1.6"),
            Service("nginx/my-nginx", "run: my-nginx", "{port: 80}", "10.96.0.10"),
        ];
        SpecWorld open = World(cluster);
        Assert.True(open.Allows("openfaas-fn/net-demo", Internet));

        SpecWorld world = World([.. cluster, Policy("openfaas-fn/openfaas-fn-constrict", """
            podSelector: {}, policyTypes: [Ingress, Egress],
            ingress: [{from: [{namespaceSelector: {matchLabels: {role: openfaas-system}}}, {namespaceSelector: {matchLabels: {role: nginx}}}]}],
            egress: [{to: [{namespaceSelector: {matchLabels: {role: nginx}}},
              {namespaceSelector: {matchLabels: {role: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]}]
            """)]);
        Assert.True(world.Allows("openfaas/gateway", "openfaas-fn/net-demo", 8080));
        Assert.True(world.Allows("openfaas-fn/net-demo", "svc:nginx/my-nginx"));
        Assert.True(world.Allows("openfaas-fn/net-demo", "nginx/my-nginx-2"));
        Assert.True(world.Allows("openfaas-fn/net-demo", "10.96.0.10"));
        Assert.True(world.Allows("openfaas-fn/net-demo", "kube-system/kube-dns", 53, "UDP"));
        Assert.True(world.Allows("nginx/my-nginx-1", "openfaas-fn/net-demo", 8080));
        Assert.True(world.Allows("openfaas/gateway", "nginx/my-nginx-1"));
        Assert.True(world.Allows("host:node1", "openfaas-fn/net-demo", 8080));
        Assert.False(world.Allows("host:node2", "openfaas-fn/net-demo", 8080));
        Assert.False(world.Allows("openfaas-fn/net-demo", Internet));
        Assert.False(world.Allows("openfaas-fn/fcomm-demo", "openfaas-fn/net-demo", 8080));
        Assert.False(world.Allows("openfaas-fn/fcomm-demo", "openfaas/gateway", 8080));
        Assert.False(world.Allows("kube-system/kube-dns", "openfaas-fn/net-demo", 8080));
        Assert.False(world.Allows(Internet, "openfaas-fn/net-demo", 8080));
    }

    [Fact]
    public void Three_tiers_open_only_the_listed_holes()
    {
        const string dns = "{to: [{namespaceSelector: {matchLabels: {name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}";
        SpecWorld world = World(
        [
            .. Base,
            Namespace("shop"),
            Namespace("kube-system", "name: kube-system"),
            Pod("shop/web", "app: web", "172.20.1.2 fd20::2"),
            Pod("shop/api", "app: api", "172.20.1.3 fd20::3"),
            Pod("shop/db", "app: db", "172.20.1.4 fd20::4"),
            Pod("shop/curl", "", "172.20.1.5"),
            Service("shop/web", "app: web", "{port: 80, targetPort: 3000}", more: "type: LoadBalancer"),
            Service("shop/api", "app: api", "{port: 8080}"),
            Service("shop/db", "app: db", "{port: 15984, targetPort: 5984}"),
            Policy("shop/deny-all", "podSelector: {}, policyTypes: [Ingress, Egress]"),
            Policy("shop/db", "podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5984}]}]"),
            Policy("shop/api", "podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}], egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5984}]}, " + dns + "]"),
            Policy("shop/web", "podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress], ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}], ports: [{port: 3000}]}], egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080}]}, " + dns + "]"),
        ]);
        SpecAnswer outside = world.Evaluate(new SpecFlow(Internet, "svc:shop/web", "TCP", 80));
        Assert.True(outside.Allowed);
        Assert.Equal("shop/web:3000", outside.Translated);
        Assert.Equal(new SpecRule("NetworkPolicy", "shop", "web", "ingress", 0), outside.Rule);
        Assert.True(world.Allows("2001:db8:ffff::1", "shop/web", 3000));
        Assert.True(world.Allows("shop/web", "svc:shop/api", 8080));
        Assert.True(world.Allows("shop/api", "svc:shop/db", 15984));
        Assert.True(world.Allows("shop/api", "kube-system/kube-dns", 53, "UDP"));
        Assert.True(world.Allows("kube-system/kube-dns", "shop/web", 3000));
        Assert.True(world.Allows("host:node1", "shop/db", 1));
        Assert.True(world.Allows("kube-system/kube-dns", Internet));
        Assert.False(world.Allows("shop/db", "kube-system/kube-dns", 53, "UDP"));
        Assert.False(world.Allows("shop/api", "shop/web", 3000));
        Assert.False(world.Allows("shop/web", "shop/db", 5984));
        Assert.False(world.Allows("shop/web", Internet));
        Assert.False(world.Allows("shop/curl", "shop/web", 3000));
        Assert.False(world.Allows("shop/api", "svc:shop/db", 5984));
        Assert.False(world.Allows("host:node2", "shop/db", 5984));

        SpecAnswer denied = world.Evaluate(new SpecFlow("shop/web", "shop/db", "TCP", 5984));
        Assert.Equal((SpecEnd.Deny, SpecEnd.Deny), (denied.Egress, denied.Ingress));
        Assert.Equal(new SpecRule("NetworkPolicy", "shop", "deny-all", "egress", -1), denied.Rule);
    }

    [Fact]
    public void Tenants_reach_what_both_ends_open()
    {
        const string dnsOnly = "podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}]";
        string[] cluster =
        [
            .. Base,
            Namespace("customer1", "role: tenant"),
            Namespace("customer2"),
            Namespace("vamp", "role: core"),
            Pod("customer1/release-agent", "io.vamp: release-agent", "172.20.1.2"),
            Pod("customer1/busybox", "", "172.20.1.3"),
            Pod("customer2/busybox", "", "172.20.1.4"),
            Pod("vamp/elasticsearch", "app: elasticsearch", "172.20.1.5"),
            Service("vamp/elasticsearch", "app: elasticsearch", "{port: 9200}"),
            Policy("customer1/deny-all-egress-except-dns", dnsOnly),
            Policy("customer2/deny-all-egress-except-dns", dnsOnly),
            Policy("customer1/release-agent-egress-es", "podSelector: {matchLabels: {io.vamp: release-agent}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {role: core}}}], ports: [{port: 9200}]}]"),
        ];
        const string wide = "podSelector: {matchLabels: {app: elasticsearch}}, ingress: [{from: [{namespaceSelector: {matchLabels: {role: tenant}}}], ports: [{port: 9200}]}]";
        const string tight = "podSelector: {matchLabels: {app: elasticsearch}}, ingress: [{from: [{namespaceSelector: {matchLabels: {role: tenant}}, podSelector: {matchLabels: {io.vamp: release-agent}}}], ports: [{port: 9200}]}]";
        SpecWorld hole = World(cluster);
        SpecWorld ingressWide = World([.. cluster, Policy("vamp/elasticsearch-ingress", wide)]);
        SpecWorld ingressTight = World([.. cluster, Policy("vamp/elasticsearch-ingress", tight)]);

        Assert.True(hole.Allows(Internet, "vamp/elasticsearch", 9200));
        Assert.False(ingressWide.Allows(Internet, "vamp/elasticsearch", 9200));
        foreach (SpecWorld world in (SpecWorld[])[hole, ingressWide, ingressTight])
        {
            Assert.True(world.Allows("customer1/release-agent", "svc:vamp/elasticsearch", 9200));
            Assert.False(world.Allows("customer1/release-agent", "vamp/elasticsearch", 9300));
            Assert.False(world.Allows("customer1/busybox", "vamp/elasticsearch", 9200));
            Assert.True(world.Allows("customer2/busybox", Internet, 53, "UDP"));
            Assert.False(world.Allows("customer2/busybox", Internet, 443));
            Assert.True(world.Allows("vamp/elasticsearch", Internet, 443));
        }

        SpecFlow busybox = new("customer1/busybox", "vamp/elasticsearch", "TCP", 9200);
        Assert.Equal(SpecEnd.Allow, ingressWide.Evaluate(busybox).Ingress);
        Assert.Equal(SpecEnd.Deny, ingressTight.Evaluate(busybox).Ingress);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zero_trust_denies_globally_then_opens(bool staged)
    {
        string deny = Calico(staged ? "StagedGlobalNetworkPolicy" : "GlobalNetworkPolicy", "default-deny",
            "selector: \"has(projectcalico.org/namespace) && projectcalico.org/namespace != 'kube-system'\", types: [Ingress, Egress]");
        string busybox = Calico("NetworkPolicy", "shams/allow-busybox-egress", "selector: app == 'busybox', types: [Egress], egress: [{action: Allow}]");
        string nginx = Calico("NetworkPolicy", "shams/allow-nginx-ingress",
            "selector: app == 'nginx', types: [Ingress], ingress: [{action: Allow, protocol: TCP, source: {selector: app == 'busybox'}, destination: {ports: [80]}}]");
        string[] cluster = [.. Base, Namespace("shams"), Pod("shams/busybox", "app: busybox", "172.20.1.2"), Pod("shams/nginx", "app: nginx", "172.20.1.3")];

        SpecWorld denied = World([.. cluster, deny]);
        Assert.Equal(staged, denied.Allows("shams/busybox", "shams/nginx"));
        Assert.Equal(staged, denied.Allows("shams/busybox", Internet));
        Assert.True(denied.Allows("host:node1", "shams/nginx"));
        Assert.True(denied.Allows("kube-system/kube-dns", Internet));

        if (staged)
        {
            SpecWorld enforced = SpecWorld.Load([.. cluster, deny], new SpecOptions(StagedAsEnforced: true));
            SpecAnswer answer = enforced.Evaluate(new SpecFlow("shams/busybox", "shams/nginx", "TCP", 80));
            Assert.Equal(new SpecRule("StagedGlobalNetworkPolicy", null, "default-deny", "egress", -1), answer.Rule);
            return;
        }

        SpecWorld egress = World([.. cluster, deny, busybox]);
        Assert.True(egress.Allows("shams/busybox", Internet));
        Assert.False(egress.Allows("shams/busybox", "shams/nginx"));

        SpecWorld opened = World([.. cluster, deny, busybox, nginx]);
        Assert.True(opened.Allows("shams/busybox", "shams/nginx"));
        Assert.False(opened.Allows("shams/busybox", "shams/nginx", 81));
        Assert.False(opened.Allows("shams/nginx", "shams/busybox"));
        Assert.False(opened.Allows("kube-system/kube-dns", "shams/nginx"));
    }

    private static readonly string[] HostEndpoints =
    [
        Node("node1", "192.0.2.1", """{"eth0":["192.0.2.1"]}"""),
        Node("node2", "192.0.2.2"),
        .. from n in (int[])[1, 2, 3] select Pod($"default/foo-{n}", "app: baz, component: foo, foo: producer", $"172.20.1.1{n}", ports: "{name: http, containerPort: 80}"),
        .. from n in (int[])[1, 2, 3] select Pod($"default/bar-{n}", "app: baz, component: bar, foo: consumer", $"172.20.1.2{n}", ports: "{name: http, containerPort: 80}"),
        Pod("default/far", "app: far", "172.20.2.9", "node2"),
        Service("default/foo", "component: foo", "{port: 80, targetPort: http}", "10.96.0.1"),
        Service("default/bar", "component: bar", "{port: 80, targetPort: http, nodePort: 30010}", "10.96.0.2", "type: NodePort"),
        Policy("default/foo-consumer", "podSelector: {matchLabels: {foo: consumer}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {foo: producer}}}]}]"),
        Policy("default/foo-producer", "podSelector: {matchLabels: {foo: producer}}, ingress: [{from: [{podSelector: {matchLabels: {foo: consumer}}}]}]"),
        Calico("GlobalNetworkPolicy", "bar-external-consumer", "order: 10, preDNAT: true, applyOnForward: true, selector: role == 'ingress', ingress: [{action: Allow, source: {nets: [10.0.0.0/8]}}]"),
        Calico("GlobalNetworkPolicy", "drop-other-ingress", "order: 20, preDNAT: true, applyOnForward: true, selector: role == 'ingress', ingress: [{action: Deny}]"),
    ];

    [Theory]
    [InlineData("default/bar-1", "svc:default/foo", 80, "TCP", true)]
    [InlineData("default/foo-1", "svc:default/bar", 80, "TCP", true)]
    [InlineData("10.1.0.9", "192.0.2.1", 30010, "TCP", true)]
    [InlineData("10.1.0.9", "host:node1", 8080, "TCP", true)]
    [InlineData(Internet, "host:node1", 22, "TCP", true)]
    [InlineData("default/foo-1", Internet, 443, "TCP", true)]
    [InlineData("host:node1", Internet, 53, "UDP", true)]
    [InlineData("host:node1", Internet, 6443, "TCP", true)]
    [InlineData("host:node1", "default/foo-1", 80, "TCP", true)]
    [InlineData("default/bar-1", "default/bar-2", 80, "TCP", false)]
    [InlineData("default/bar-1", Internet, 53, "UDP", false)]
    [InlineData("default/foo-1", "default/foo-2", 80, "TCP", false)]
    [InlineData(Internet, "192.0.2.1", 30010, "TCP", false)]
    [InlineData(Internet, "host:node1", 8080, "TCP", false)]
    [InlineData("host:node1", Internet, 443, "TCP", false)]
    [InlineData("default/far", "default/bar-1", 80, "TCP", false)]
    public void Host_endpoints_fence_a_node_port_before_DNAT(string from, string to, int port, string protocol, bool allowed)
    {
        SpecWorld world = World([.. HostEndpoints, Calico("HostEndpoint", "node1", "node: node1, interfaceName: eth0", "role: ingress")]);
        Assert.Equal(allowed, world.Allows(from, to, port, protocol));
    }

    [Fact]
    public void The_node_port_arrives_at_a_pod_and_names_the_rule_that_let_it_in()
    {
        SpecWorld world = World([.. HostEndpoints, Calico("HostEndpoint", "node1", "node: node1, interfaceName: eth0", "role: ingress")]);
        SpecAnswer answer = world.Evaluate(new SpecFlow("10.1.0.9", "192.0.2.1", "TCP", 30010));
        Assert.Equal("default/bar-1:80", answer.Translated);
        Assert.Equal(new SpecRule("GlobalNetworkPolicy", null, "bar-external-consumer", "ingress", 0), answer.Rule);
        Assert.Equal((SpecEnd.None, SpecEnd.Allow), (answer.Egress, answer.Ingress));
        Assert.Equal(
            new SpecRule("GlobalNetworkPolicy", null, "drop-other-ingress", "ingress", 0),
            world.Evaluate(new SpecFlow("default/far", "default/bar-1", "TCP", 80)).Rule);
    }

    [Fact]
    public void The_default_allow_profile_opens_the_host()
    {
        SpecWorld world = World([.. HostEndpoints,
            Calico("HostEndpoint", "node1", "node: node1, interfaceName: eth0, profiles: [projectcalico-default-allow]", "role: ingress")]);
        SpecAnswer answer = world.Evaluate(new SpecFlow("host:node1", Internet, "TCP", 443));
        Assert.True(answer.Allowed);
        Assert.Equal(SpecEnd.None, answer.Egress);
    }
}
