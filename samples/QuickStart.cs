#region quick-start
using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

public static class Shop
{
    private static readonly LabelKey App = Label("app");
    private static readonly NamespaceRef Home = Namespace("shop");

    public static readonly Workload Web = Home.Workload("web", App.Is("web"));
    public static readonly Workload Api = Home.Workload("api", App.Is("api"));
    public static readonly Workload Db = Home.Workload("db", App.Is("db"));

    [GenerateYaml("deploy/shop")]
    public static PolicySet Policies => PolicySet.Define("shop",
    [
        Home.DenyAll(),

        Web.Policy()
            .AllowFrom(Anywhere).On(Tcp(3000))
            .AllowTo(Api).On(Tcp(8080))
            .AllowDns(),

        Api.Policy()
            .AllowFrom(Web).On(Tcp(8080))
            .AllowTo(Db).On(Tcp(5432))
            .AllowDns(),

        Db.Policy()
            .AllowFrom(Api).On(Tcp(5432))
            .NoEgress(),
    ]);
}
#endregion
