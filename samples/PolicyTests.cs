#region unit-test
using NetPolicy.Dsl;
using Xunit;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

public class PolicyTests
{
    private static readonly PolicySnapshot OnTrial = Shop.Policies.On(ImpliedCluster.Of(Shop.Web, Shop.Api, Shop.Db, KubeDns));

    [Fact]
    public void Each_tier_reaches_the_next()
    {
        Assert.True(OnTrial.Allows(Shop.Web, Shop.Api, Tcp(8080)));
        Assert.True(OnTrial.Allows(Shop.Api, Shop.Db, Tcp(5432)));
        Assert.True(OnTrial.Allows(Shop.Api, KubeDns, Dns));
    }

    [Fact]
    public void Web_cannot_reach_the_database() => Assert.True(OnTrial.Denies(Shop.Web, Shop.Db, AllTcp));

    [Fact]
    public void The_policies_are_valid() => Assert.Empty(Shop.Policies.Diagnostics.AsEnumerable());
}
#endregion
