namespace NetPolicy.Dsl.Tests.Laws;

using static NetPolicy.Dsl.Syntax;

/// <summary>The words that generated sentences are made of; few, so that they meet often.</summary>
internal static class Vocabulary
{
    private static readonly LabelKey App = Label("app");

    public static NamespaceRef Shop { get; } = Namespace("shop");

    public static NamespaceRef Other { get; } = Namespace("other");

    public static NamespaceRef Core { get; } = Namespace("core").KnownBy(Label("team").Is("core"));

    public static Workload Web { get; } = Shop.Workload("web", App.Is("web"));

    public static Workload Api { get; } = Shop.Workload("api", App.Is("api"));

    public static IReadOnlyList<LabelSelector> LabelSelectors { get; } =
    [
        App == "web", App.In("api", "web"), App != "api", App.Exists, App.IsAbsent & Label("x").NotIn("1", "2"), App.Is("api") & Label("x").Is("1"),
    ];

    public static IReadOnlyList<Selector> Selectors { get; } =
        [.. LabelSelectors, App.StartsWith("w"), App == "web" | Label("x").Exists, !(App.Contains("p") & Label("x") != "1"), App.EndsWith("b") | App.IsAbsent];

    public static IReadOnlyList<PodPeer> Pods { get; } =
    [
        Web, Api, AllPods, Shop.AllPods, Other.AllPods, EveryNamespace.AllPods, Core.AllPods, Syntax.Pods(App == "api"), Other.Pods(App.Exists),
        Namespaces(Label("team") == "core").Pods(App == "web"), EveryNamespaceExcept(Shop).AllPods, EveryNamespaceExcept(Other, Core).Pods(App != "web"),
        Namespaces(Label("team").IsAbsent).AllPods, KubeDns,
    ];

    public static IReadOnlyList<Peer> Peers { get; } =
    [
        .. Pods, Anywhere, Cidr("10.0.0.0/8"), Cidr("10.1.0.0/16"), Cidr("192.0.2.0/24"), Cidr("fd00::/8"), Cidr("2001:db8::/32"),
        Cidr("10.0.0.0/8").Except("10.1.0.0/16"), Cidr("::/0").Except("fd00::/8").Except("2001:db8::/32"), Cidr("0.0.0.0/0"),
    ];

    public static IReadOnlyList<CalicoPeer> CalicoPeers { get; } =
    [
        .. Peers, HostEndpoints(App == "host"), Endpoints(App.Exists), Shop.ServiceAccount("robot"), EveryNamespace.ServiceAccount("robot"),
        GlobalNetworkSet("blocked").Labelled(App.Is("blocked")), Other.NetworkSet("partners").Labelled(App.Is("partners")),
        Syntax.Pods(App.StartsWith("a")), EveryNamespace.Pods(!App.Exists),
    ];

    public static IReadOnlyList<ClusterPeer> ClusterPeers { get; } =
    [
        .. Pods, Anywhere, Cidr("10.0.0.0/8"), Cidr("10.1.0.0/16"), Cidr("192.0.2.0/24"), Cidr("fd00::/8"), Cidr("0.0.0.0/0"),
        AllNodes, Nodes(Label("zone") == "a"), Nodes(Label("zone").NotIn("a", "b")), Domain("api.example.io"), Domain("*.example.io"),
    ];

    public static IReadOnlyList<Ports> Numbers { get; } = [Tcp(80), Tcp(443), Udp(53), Sctp(80), Tcp(79).Through(81), AllTcp, AllUdp, Dns];

    public static IReadOnlyList<Ports> Ports { get; } =
    [
        Tcp(80), Tcp(443), Udp(53), Sctp(80), Tcp(79).Through(81), Tcp("http"), Tcp(8080).Named("http").ByName, AllTcp, AllUdp, Dns, Tcp(80).Named("http"),
    ];

    public static IReadOnlyList<Traffic> Traffic { get; } =
    [
        .. Ports, AllTcp.Except(Tcp(80)), AllUdp.Except(Udp(53) | Udp(1).Through(10)), IpProtocol(47), Icmp.Any, Icmp.EchoRequest, Icmp.Type(3, 1),
        Icmp.AnyExcept(8), IcmpV6.Any, IcmpV6.EchoReply, Tcp(80).FromSourcePorts(1000, 2000),
    ];
}
