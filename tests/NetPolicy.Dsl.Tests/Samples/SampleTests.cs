using Samples;
using Xunit;

namespace NetPolicy.Dsl.Tests.Samples;

/// <summary>What the documentation quotes does what it says.</summary>
public class SampleTests
{
    public static TheoryData<PolicySet> Sets =>
    [
        Shop.Policies, Connections.Policies, Pairs.Policies, Composition.Scraped, Composition.For(true), Composition.For(false), Composition.Resolvers,
        Guardrails.Policies, Guardrails.Draft, ClusterWide.Policies,
    ];

    [Theory, MemberData(nameof(Sets))]
    public void Every_set_of_the_samples_is_valid_and_reads_back(PolicySet set)
    {
        Assert.Empty(set.Diagnostics.AsEnumerable());
        Assert.Equal(set, PolicySet.FromYaml(set.ToYaml()));
    }

    [Fact]
    public void The_explanation_says_what_the_sample_says() => Assert.Equal("Deny at Egress: NetworkPolicy shop/deny-all", Explaining.WhyNot());

    [Fact]
    public void Web_does_not_reach_the_database() => Assert.False(Explaining.WebReachesTheDatabase());

    [Fact]
    public void A_condition_adds_its_part_or_nothing() =>
        Assert.Equal(Composition.For(false).Manifests.Count + 1, Composition.For(true).Manifests.Count);
}
