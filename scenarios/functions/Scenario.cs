namespace NetPolicy.Scenarios;

using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

/// <summary>A function platform fenced in by one NetworkPolicy.</summary>
public static class Functions
{
    private static readonly LabelKey Role = Label("role");
    private static readonly NamespaceRef Fn = Namespace("openfaas-fn");
    private static readonly NamespaceGroup Gateway = Namespaces(Role == "openfaas-system"), Nginx = Namespaces(Role == "nginx"), KubeSystem = Namespaces(Role == "kube-system");

    /// <summary>Functions take connections from the gateway and the web server, and reach the web server and DNS.</summary>
    [GenerateYaml("functions/policies")]
    public static PolicySet Policies => PolicySet.Define("functions",
    [
        Fn.Policy("openfaas-fn-constrict").ForAllPods()
            .AllowFrom(Gateway.AllPods).OnAllTraffic()
            .AllowFrom(Nginx.AllPods).OnAllTraffic()
            .AllowTo(Nginx.AllPods).OnAllTraffic()
            .AllowTo(KubeSystem.Pods(Label("k8s-app") == "kube-dns")).OnAllTraffic(),
    ]);

    /// <summary>The scenario with its steps and variants.</summary>
    public static Scenario Scenario => new("functions", "a function platform fenced in by one NetworkPolicy", "functions",
    [
        new("functions", Policies, "the functions are fenced in"),
    ],
    [
        new("unlabelled-kube-system", Policies, "without role=kube-system on the namespace the functions resolve nothing", ["NP3001"]) { HasOwnCluster = true },
    ]);
}
