using NetPolicy.Enforce.Simulation;
using Xunit;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>The mutator makes what it promises.</summary>
public sealed class RulesetMutatorTests
{
    private static readonly string Layout = SimulatedRuleset.Read("layout.nft");
    private static readonly Lazy<HashSet<string>> Kinds = new(() => [.. RulesetMutator.Mutations(Layout, 6).Take(600).Select(mutation => mutation.Kind)]);

    [Fact]
    public void The_same_seed_gives_the_same_mutations()
    {
        string[] first = [.. RulesetMutator.Mutations(Layout, 3).Take(50).Select(mutation => mutation.ToString())];
        Assert.Equal(first, RulesetMutator.Mutations(Layout, 3).Take(50).Select(mutation => mutation.ToString()));
        Assert.NotEqual(first, RulesetMutator.Mutations(Layout, 4).Take(50).Select(mutation => mutation.ToString()));
    }

    [Fact]
    public void Every_mutation_parses_and_means_something_else()
    {
        NftRuleset original = NftRuleset.Parse(Layout);
        List<RulesetMutation> mutations = [.. RulesetMutator.Mutations(Layout, 5).Take(300)];
        Assert.Equal(300, mutations.Count);
        Assert.Equal(300, mutations.Select(mutation => mutation.Text).Distinct(StringComparer.Ordinal).Count());
        Assert.All(mutations, mutation => Assert.NotEqual(original, NftRuleset.Parse(mutation.Text)));
    }

    [Theory]
    [InlineData("verdict")]
    [InlineData("call")]
    [InlineData("target")]
    [InlineData("operator")]
    [InlineData("number")]
    [InlineData("identity")]
    [InlineData("bits")]
    [InlineData("address")]
    [InlineData("element")]
    [InlineData("rule removed")]
    [InlineData("rules exchanged")]
    [InlineData("direction")]
    [InlineData("state")]
    [InlineData("interface")]
    [InlineData("interface side")]
    [InlineData("side")]
    [InlineData("protocol")]
    [InlineData("set")]
    [InlineData("hook")]
    public void Every_kind_of_mistake_occurs(string kind) => Assert.Contains(kind, Kinds.Value);

    [Fact]
    public void All_mutations_of_a_small_ruleset_are_found()
    {
        const string Text = "table inet t {\n  chain c {\n    tcp dport 80 accept\n    drop\n  }\n}\n";
        string[] mutations = [.. RulesetMutator.Mutations(Text, 1).Select(mutation => $"{mutation.Kind}: {mutation.Before} > {mutation.After}").Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "number: 80 > 79", "number: 80 > 81", "port side: dport > sport", "protocol: tcp > sctp", "protocol: tcp > udp",
                "rule removed: drop > ", "rule removed: tcp dport 80 accept > ", "rules exchanged: tcp dport 80 accept\n    drop > drop\n    tcp dport 80 accept",
                "verdict: accept > continue", "verdict: accept > drop", "verdict: accept > return",
                "verdict: drop > accept", "verdict: drop > continue", "verdict: drop > return",
            ],
            mutations);
    }
}
