using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

/// <summary>What an administrator says before and after the policies of namespaces.</summary>
public static class ClusterWide
{
    #region cluster
    public static PolicySet Policies => PolicySet.Define("cluster-wide",
    [
        ClusterPolicy("no-metadata").Admin(priority: 10).For(EveryNamespace.AllPods)
            .DenyTo(Cidr("169.254.169.254/32")).OnAllTraffic()
            .AllowTo(KubeDns).On(Dns)
            .PassTo(Anywhere).OnAllTraffic(),                    // the namespaces decide

        ClusterPolicy("closed").Baseline(priority: 100).For(EveryNamespaceExcept(Namespace("kube-system")).AllPods)
            .AllowTo(Domain("*.example.io")).On(Tcp(443))
            .AllowTo(Nodes(Label("zone") == "a") | Cidr("192.0.2.0/24")).On(Tcp(6443))
            .DenyTo(Anywhere).OnAllTraffic()
            .DenyFrom(AllPods).OnAllTraffic(),                   // where no policy of a namespace selects the pod
    ]);
    #endregion

    #region code
    /// <summary>A set as code of its own.</summary>
    public static string AsCode() => PolicySet.FromYaml(Policies.ToYaml(), "cluster-wide.yaml").ToCSharp(new CSharpOptions { Namespace = "Acme.Policies" });
    #endregion
}
