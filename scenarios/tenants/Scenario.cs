namespace NetPolicy.Scenarios;

using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

/// <summary>Egress locked but for DNS, holes made one at a time, both ends checked.</summary>
public static class Tenants
{
    private static readonly NamespaceRef Customer1 = Namespace("customer1"), Customer2 = Namespace("customer2");
    private static readonly NamespaceRef Vamp = Namespace("vamp").KnownBy(Label("role").Is("core"));
    private static readonly NamespaceGroup AllTenants = Namespaces(Label("role") == "tenant");
    private static readonly LabelPairs ReleaseAgent = Label("io.vamp").Is("release-agent");
    private static readonly Workload Elasticsearch = Vamp.Workload("elasticsearch", Label("app").Is("elasticsearch"));
    private static readonly Port Http = Tcp(9200);

    private static KubernetesPolicy DnsOnly(NamespaceRef tenant) => tenant.Policy("deny-all-egress-except-dns").ForAllPods().AllowTo(Anywhere).On(Dns);

    private static KubernetesPolicy Hole => Customer1.Policy("release-agent-egress-es").For(ReleaseAgent).AllowTo(Vamp.AllPods).On(Http);

    private static KubernetesPolicy Ingress(PodPeer from) => Elasticsearch.Policy("elasticsearch-ingress").AllowFrom(from).On(Http);

    /// <summary>Tenants may ask DNS and nothing else.</summary>
    [GenerateYaml("tenants/policies")]
    public static PolicySet DenyEgress => PolicySet.Define("1-deny-egress", [DnsOnly(Customer1), DnsOnly(Customer2)]);

    /// <summary>The release agent may reach the core.</summary>
    [GenerateYaml("tenants/policies")]
    public static PolicySet WithHole => PolicySet.Define("2-hole", [DenyEgress, Hole]);

    /// <summary>The search engine takes connections from tenants only.</summary>
    [GenerateYaml("tenants/policies")]
    public static PolicySet Wide => PolicySet.Define("3-wide", [WithHole, Ingress(AllTenants.AllPods)]);

    /// <summary>And only from release agents of tenants.</summary>
    [GenerateYaml("tenants/policies")]
    public static PolicySet Tight => PolicySet.Define("4-tight", [WithHole, Ingress(AllTenants.Pods(ReleaseAgent))]);

    /// <summary>The holes on the port of the Service, where the container's differs.</summary>
    public static PolicySet ServicePort => PolicySet.Define("service-port",
    [
        DenyEgress,
        Customer1.Policy("release-agent-egress-es").For(ReleaseAgent).AllowTo(Vamp.AllPods).On(Tcp(80)),
        Elasticsearch.Policy("elasticsearch-ingress").AllowFrom(AllTenants.Pods(ReleaseAgent)).On(Tcp(80)),
    ]);

    /// <summary>The core closed, and opened for the old release of the search engine alone.</summary>
    public static PolicySet NewRelease => PolicySet.Define("new-release",
    [
        WithHole,
        Vamp.Policy("deny-ingress").ForAllPods().NoIngress(),
        Elasticsearch.Carrying(Label("version").Is("v1")).Policy("elasticsearch-ingress").AllowFrom(AllTenants.Pods(ReleaseAgent)).On(Http),
    ]);

    /// <summary>The scenario with its steps and variants.</summary>
    public static Scenario Scenario => new("tenants", "egress locked but for DNS, holes made one at a time, both ends checked", "tenants",
    [
        new("1-deny-egress", DenyEgress, "customer pods may ask DNS and nothing else") { LintIds = ["NP3005"] },
        new("2-hole", WithHole, "the release agent may reach the core") { LintIds = ["NP3005"] },
        new("3-wide", Wide, "the search engine takes connections from tenants only") { LintIds = ["NP3005"] },
        new("4-tight", Tight, "and only from release agents of tenants") { LintIds = ["NP3005"] },
    ],
    [
        new("service-port", ServicePort, "policies that name the port of the Service match nothing", ["NP3004"]) { HasOwnCluster = true },
        new("new-release", NewRelease, "a policy for the old release alone: the new one loses its traffic", ["NP3006"]) { HasOwnCluster = true },
    ]);
}
