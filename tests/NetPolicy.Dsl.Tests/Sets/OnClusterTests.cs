namespace NetPolicy.Dsl.Tests.Sets;

using NetPolicy.Engine;
using NetPolicy.Scenarios;
using Xunit;
using static NetPolicy.Dsl.Syntax;

public class OnClusterTests
{
    private static readonly Workload Web = ThreeTier.Web, Api = ThreeTier.Api, Db = ThreeTier.Db;

    [Fact]
    public void Web_cannot_reach_the_database() =>
        Assert.False(ThreeTier.Policies.On(ImpliedCluster.Of(Web, Api, Db)).Allows(Web, Db, Tcp(5984)));

    [Fact]
    public void Each_tier_reaches_the_next()
    {
        PolicySnapshot shop = ThreeTier.Policies.On(ImpliedCluster.Of(Web, Api, Db));
        Assert.True(shop.Allows(Web, Api, Tcp(8080)));
        Assert.True(shop.Allows(Api, Db, Tcp(5984)));
        Assert.True(shop.Denies(Web, Db, AllTcp));
        Assert.True(shop.Denies(Db, Api, Tcp(8080) | Udp(53)));
    }

    [Fact]
    public void Allows_and_denies_both_say_no_where_some_connections_pass()
    {
        PolicySnapshot shop = ThreeTier.Policies.On(ImpliedCluster.Of(Web, Api, Db));
        Assert.False(shop.Allows(Web, Api, Tcp(8080) | Tcp(8081)));
        Assert.False(shop.Denies(Web, Api, Tcp(8080) | Tcp(8081)));
    }

    [Fact]
    public void A_workload_plays_all_the_roles_it_carries()
    {
        NamespaceRef home = Namespace("home");
        Role foo = home.Role("foo").Serves(Tcp(80).Named("http").ByName), bar = home.Role("bar").Serves(Tcp(81));
        Workload client = home.Workload("client", foo.Consumer & bar.Consumer), half = home.Workload("half", Label("app").Is("half") & foo.Consumer);
        PolicySnapshot snapshot = PolicySet.Define("pairs", [foo.Pair(), bar.Pair()]).On(ImpliedCluster.Of(client, half, foo.Producers, bar.Producers));
        Assert.True(snapshot.Allows(client, foo.Producers, Tcp("http")));
        Assert.True(snapshot.Allows(client, bar.Producers, Tcp(81)));
        Assert.True(snapshot.Denies(client, bar.Producers, Tcp(80)));
        Assert.True(snapshot.Denies(half, bar.Producers, Tcp(81)));
        Assert.True(snapshot.Denies(foo.Producers, bar.Producers, Tcp(81)));
    }

    [Fact]
    public void Namespaces_carry_the_labels_they_are_known_by()
    {
        NamespaceRef core = Namespace("core").KnownBy(Label("role").Is("core"));
        Workload client = Namespace("app").Workload("client", Label("app").Is("client")), server = core.Workload("server", Label("app").Is("server"));
        PolicySnapshot snapshot = PolicySet.Define("known", [client.Policy().AllowTo(core.AllPods).On(Tcp(1))]).On(ImpliedCluster.Of(client, server));
        Assert.True(snapshot.Allows(client, server, Tcp(1)));
        Assert.True(snapshot.Denies(client, server, Tcp(2)));
    }

    [Fact]
    public void Explanations_name_what_decided()
    {
        PolicySnapshot shop = ThreeTier.Policies.On(ImpliedCluster.Of(Web, Api, Db));
        FlowRequest request = new() { From = "shop/web", To = "shop/api", Port = 8080 };
        Assert.True(shop.Evaluate(request).IsAllowed);
        Assert.Equal(Verdict.Allow, shop.Explain(request).Evaluation.Verdict);
        Assert.NotEmpty(shop.Explain(request).Attempts);
        Assert.Throws<ArgumentException>(() => shop.Evaluate(request with { To = "shop/nobody" }));
    }

    [Fact]
    public void Host_endpoints_of_the_set_become_part_of_the_cluster() =>
        Assert.Contains(
            HostEndpointFences.Policies.On(ImpliedCluster.Of()).Snapshot.Cluster.Endpoints,
            e => e.Name == "hostendpoint:node1-eth0");

    [Fact]
    public void Questions_without_meaning_are_refused()
    {
        PolicySnapshot shop = ThreeTier.Policies.On(ImpliedCluster.Of(Web, Api));
        Assert.Throws<ArgumentException>(() => shop.Allows(Web, Db, Tcp(5984)));
        Assert.Throws<ArgumentException>(() => shop.Allows(Web, Web, Tcp(5984)));
        Assert.Throws<ArgumentException>(() => shop.Allows(Web, Api, Tcp("http")));
        Assert.Throws<ArgumentException>(() => ImpliedCluster.Of(Web, Web));
        Assert.Throws<ArgumentException>(() => ImpliedCluster.Of(Web.Listening(Tcp("http"))));
        Assert.Throws<ArgumentException>(() => ImpliedCluster.Of(Web.Carrying(Label("app").Is("other"))));
    }
}
