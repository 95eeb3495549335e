namespace NetPolicy.Scenarios;

using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

/// <summary>Producers, consumers, and a NodePort fenced before DNAT.</summary>
public static class HostEndpointFences
{
    private static readonly LabelPairs IngressNode = Label("role").Is("ingress");         // one value labels the endpoint and selects it
    private static readonly NamespaceRef Home = Namespace("default");
    private static readonly Role Foo = Home.Role("foo").ServesAllTraffic();
    private static readonly Role FooOnHttp = Home.Role("foo").Serves(Tcp(80).Named("http").ByName);
    private static readonly Role Bar = Home.Role("bar").ServesAllTraffic();

    private static HostEndpoint Eth0 => HostEndpoint("node1-eth0").OnNode("node1").Interface("eth0").Labelled(IngressNode);

    private static PolicySet Fences(LabelPairs hosts) => PolicySet.Define("fences",
    [
        GlobalPolicy("bar-external-consumer").For(HostEndpoints(hosts)).Order(10).PreDnat().AllowFrom(Cidr("10.0.0.0/8")).OnAllTraffic(),
        GlobalPolicy("drop-other-ingress").For(HostEndpoints(hosts)).Order(20).PreDnat().DenyFrom(Anywhere).OnAllTraffic(),
    ]);

    /// <summary>The pair on all traffic, the host endpoint and the two fences.</summary>
    [GenerateYaml("host-endpoints/policies")]
    public static PolicySet Policies => PolicySet.Define("host-endpoints",
    [
        Foo.Pair(),
        HostEndpoint("node1-eth0").OnNode("node1").Interface("eth0").Labelled(IngressNode),
        GlobalPolicy("bar-external-consumer").For(HostEndpoints(IngressNode)).Order(10).PreDnat().AllowFrom(Cidr("10.0.0.0/8")).OnAllTraffic(),
        GlobalPolicy("drop-other-ingress").For(HostEndpoints(IngressNode)).Order(20).PreDnat().DenyFrom(Anywhere).OnAllTraffic(),
    ]);

    /// <summary>With a profile, so that the node's own connections pass.</summary>
    [GenerateYaml("host-endpoints/policies")]
    public static PolicySet Open => PolicySet.Define("open", [Foo.Pair(), Eth0.Profiles("projectcalico-default-allow"), Fences(IngressNode)]);

    /// <summary>With a second pair, whose producer is bar.</summary>
    [GenerateYaml("host-endpoints/policies")]
    public static PolicySet Paired => PolicySet.Define("paired", [Policies, Bar.Pair()]);

    /// <summary>With the pair limited to the port named http.</summary>
    [GenerateYaml("host-endpoints/policies")]
    public static PolicySet Ports => PolicySet.Define("ports", [FooOnHttp.Pair(), Eth0, Fences(IngressNode)]);

    /// <summary>With fences that ask for a label that no host endpoint carries.</summary>
    public static PolicySet WrongLabel => PolicySet.Define("wrong-label",
    [
        Foo.Pair(),
        Eth0,
        GlobalPolicy("bar-external-consumer").For(HostEndpoints(Label("host-endpoint").Exists)).Order(10).PreDnat().AllowFrom(Cidr("10.0.0.0/8")).OnAllTraffic(),
        GlobalPolicy("drop-other-ingress").For(HostEndpoints(Label("host-endpoint").Exists)).Order(20).PreDnat().DenyFrom(Anywhere).OnAllTraffic(),
    ]);

    /// <summary>The scenario with its steps and variants.</summary>
    public static Scenario Scenario => new("host-endpoints", "producers, consumers, and a NodePort fenced before DNAT", "host-endpoints",
    [
        new("host-endpoints", Policies, "the pair, the host endpoint and the two fences") { LintIds = ["NP3009", "NP3010", "NP3011", "NP3012"] },
    ],
    [
        new("open", Open, "with profile projectcalico-default-allow the node's own connections pass", []),
        new("node2", Policies, "a consumer on another node, unencapsulated, is dropped before DNAT", ["NP3012"]),
        new("paired", Paired, "a second pair with bar as producer", []),
        new("ports", Ports, "the pair on one port", []),
        new("wrong-label", WrongLabel, "the fences select no endpoint", ["NP3003"]) { HasOwnCluster = true },
    ]);
}
