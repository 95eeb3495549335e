using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

/// <summary>The words for peers and traffic, one of each.</summary>
public static class Vocabulary
{
    private static readonly NamespaceRef Home = Namespace("shop");
    private static readonly NamespaceRef Vault = Namespace("vault").KnownBy(Label("team").Is("security"));

    #region peers
    // What a Kubernetes policy can name, and every other dialect too.
    public static Peer[] Peers =>
    [
        Home.Workload("web", Label("app").Is("web")),
        Home.AllPods,
        Home.Pods(Label("app") == "web" & Label("track") != "canary"),
        Pods(Label("app").In("web", "api")),                         // of the policy's own namespace
        Namespaces(Label("team") == "shop").AllPods,
        Vault.AllPods,                                               // a namespace known by its labels
        EveryNamespace.Pods(Label("debug").Exists),
        EveryNamespaceExcept(Namespace("kube-system")).AllPods,
        KubeDns,
        Anywhere,
        Cidr("10.0.0.0/8").Except("10.1.0.0/16"),
        Home.AllPods | Cidr("192.0.2.0/24"),
    ];

    // What only Calico can.
    public static CalicoPeer[] CalicoPeers =>
    [
        Pods(Label("app").StartsWith("edge-") | !Label("tier").Exists),
        Home.ServiceAccount("deployer"),
        Home.Service("web"),
        HostEndpoints(Label("role") == "ingress"),
        Endpoints(Label("zone") == "dmz"),
        GlobalNetworkSet("partners").Labelled(Label("kind").Is("partner")).Containing(Cidr("192.0.2.0/24")),
    ];
    #endregion

    #region traffic
    // What a Kubernetes policy can name.
    public static Ports[] Kubernetes =>
    [
        Tcp(80),
        Udp(53) | Tcp(53),
        Dns,                                                         // the same
        Sctp(7777),
        Tcp(8000).Through(8100),                                     // both ends included
        Tcp("http"),                                                 // the port that a container calls so
        Tcp(8080).Named("http"),                                     // matches the number
        Tcp(8080).Named("http").ByName,                              // matches the name
        AllTcp,
        ServicePort(80, Tcp(8080)).Target,                           // a Service's port is not what policy sees
    ];

    // What only Calico can.
    public static Traffic[] Calico =>
    [
        AllTcp.Except(Tcp(22)),
        Tcp(80).FromSourcePorts(1024, 65535),
        Icmp.EchoRequest | Icmp.EchoReply,
        Icmp.Type(3, 4),
        IcmpV6.Any,
        IpProtocol(47),
    ];
    #endregion
}
