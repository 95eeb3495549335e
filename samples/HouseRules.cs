using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

#region house-rule
public static class HouseRules
{
    private static readonly Workload Prometheus = Namespace("monitoring").Workload("prometheus", Label("app").Is("prometheus"));

    /// <summary>Lets the monitoring in, on whatever stage of a policy.</summary>
    public static KubernetesPolicy Scraped<TStage>(this KubernetesRules<TStage> policy) => policy.AllowFrom(Prometheus).On(Tcp(9090));
}
#endregion

/// <summary>House rules, conditions and lists at work.</summary>
public static class Composition
{
    #region use-of-house-rule
    public static PolicySet Scraped => PolicySet.Define("scraped",
    [
        Shop.Web.Policy().Scraped().AllowFrom(Anywhere).On(Tcp(3000)),
        Shop.Api.Policy().AllowFrom(Shop.Web).On(Tcp(8080)).Scraped(),
    ]);
    #endregion

    #region condition
    public static PolicySet For(bool development) => PolicySet.Define("debug",
    [
        Shop.Policies,
        development ? Shop.Web.Policy("debug").AllowFrom(Pods(Label("debug").Exists)).OnAllTraffic() : Nothing,
    ]);
    #endregion

    #region generated
    private static readonly NamespaceRef[] Tenants = [Namespace("customer1"), Namespace("customer2"), Namespace("customer3")];

    public static PolicySet Resolvers => PolicySet.Define("resolvers", [.. Tenants.Select(t => t.AllowDns())]);
    #endregion
}
