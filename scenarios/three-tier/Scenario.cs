namespace NetPolicy.Scenarios;

using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

/// <summary>Web, api, db, nothing else.</summary>
public static class ThreeTier
{
    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Shop = Namespace("shop");
    private static readonly PodPeer Resolver = Namespaces(Label("name") == "kube-system").Pods(Label("k8s-app") == "kube-dns");

    /// <summary>The web server, which anyone may reach.</summary>
    public static readonly Workload Web = Shop.Workload("web", App.Is("web"));

    /// <summary>The application.</summary>
    public static readonly Workload Api = Shop.Workload("api", App.Is("api"));

    /// <summary>The database, which reaches nothing.</summary>
    public static readonly Workload Db = Shop.Workload("db", App.Is("db"));

    /// <summary>Deny all, then the holes.</summary>
    [GenerateYaml("three-tier/policies")]
    public static PolicySet Policies => PolicySet.Define("three-tier",
    [
        Shop.DenyAll(),

        Web.Policy()
            .AllowFrom(Anywhere).On(Tcp(3000))
            .AllowTo(Api).On(Tcp(8080))
            .AllowDns(Resolver),

        Api.Policy()
            .AllowFrom(Web).On(Tcp(8080))
            .AllowTo(Db).On(Tcp(5984))
            .AllowDns(Resolver),

        Db.Policy()
            .AllowFrom(Api).On(Tcp(5984))
            .NoEgress(),
    ]);

    /// <summary>The same with the ports of the Services where the pods' ports are meant: they match nothing.</summary>
    public static PolicySet ServicePorts => PolicySet.Define("service-ports",
    [
        Shop.DenyAll(),
        Web.Policy().AllowFrom(Anywhere).On(Tcp(80)).AllowTo(Api).On(Tcp(8080)).AllowDns(Resolver),
        Api.Policy().AllowFrom(Web).On(Tcp(8080)).AllowTo(Db).On(Tcp(5984)).AllowDns(Resolver),
        Db.Policy().AllowFrom(Api).On(Tcp(15984)).NoEgress(),
    ]);

    /// <summary>The scenario with its steps and variants.</summary>
    public static Scenario Scenario => new("three-tier", "web, api, db, nothing else", "three-tier",
    [
        new("three-tier", Policies, "deny all, then the holes"),
    ],
    [
        new("service-ports", ServicePorts, "policies written against the ports of Services match nothing", ["NP3004"]) { HasOwnCluster = true },
    ]);
}
