using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Laws;
using Xunit;
using Packet = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>What nft prints of a loaded text parses to the same model as the text, and decides the same packets.</summary>
public sealed class KernelListingTests
{
    public KernelListingTests() => Kernel.RequireLab();

    public static TheoryData<string> Rulesets => ["layout.nft", "layout.listed.nft", "nat.nft", "statements.nft"];

    [Theory]
    [MemberData(nameof(Rulesets))]
    public void A_loaded_ruleset_is_listed_as_the_same_model(string name) => AssertListedAlike(SimulatedRuleset.Read(name));

    [Fact]
    public void Every_match_of_the_catalogue_is_listed_as_the_same_model() =>
        AssertListedAlike(MatchCatalogue.Counting(("forward", "f"), ("output", "o")));

    [Fact]
    public void Mutations_of_the_layout_are_listed_as_the_same_model()
    {
        using NetworkNamespace space = NetworkNamespace.CreateAnonymous();
        foreach (RulesetMutation mutation in RulesetMutator.Mutations(SimulatedRuleset.Read("layout.nft"), 20).Take(40))
        {
            NamespaceProcessResult loaded = space.RunProcess("nft", ["-f", "-"], mutation.Text);
            Assert.True(loaded.ExitCode == 0, $"{mutation}: nft refuses what the parser takes: {loaded.Error}");
            string listed = space.RunProcess("nft", ["list", "ruleset"]).ThrowIfFailed().Output;
            Assert.True(NftRuleset.Parse(mutation.Text).Equals(NftRuleset.Parse(listed)), $"{mutation}: the listing is another model");
            space.RunProcess("nft", ["flush", "ruleset"]).ThrowIfFailed();
        }
    }

    [Theory]
    [InlineData("accept counter")]
    [InlineData("counter comment \"x\" accept")]
    [InlineData("ip saddr 1.1.1.1 ip6 daddr ::1")]
    [InlineData("udp dport 1 tcp dport 2")]
    [InlineData("meta nfproto ipv6 ip saddr 1.1.1.1")]
    [InlineData("ct original proto-dst 80")]
    [InlineData("tcp dport 70000")]
    [InlineData("tcp dport 90-80")]
    [InlineData("meta mark 0x100000000")]
    [InlineData("meta mark ! 5")]
    [InlineData("iifname \"*\"")]
    [InlineData("iifname \"abcdefghijklmnop\"")]
    [InlineData("meta mark set meta priority")]
    [InlineData("meta priority set 0:1;")]
    [InlineData("meta mark vmap { 1 : accept, 1 : drop }")]
    [InlineData("ip saddr vmap { 10.0.0.0/8 : accept, 10.1.0.0/16 : drop }")]
    [InlineData("goto missing_chain")]
    [InlineData("ip saddr @missing_set")]
    [InlineData("jump entry")]
    [InlineData("ip saddr . tcp dport 80")]
    [InlineData("ct state new established")]
    public void What_the_parser_refuses_nft_refuses(string rule)
    {
        string text = SimulatedRuleset.Forward(rule);
        Assert.Throws<NftSyntaxException>(() => NftRuleset.Parse(text));
        using NetworkNamespace space = NetworkNamespace.CreateAnonymous();
        space.RunProcess("nft", ["-f", "-"], SimulatedRuleset.Forward("accept")).ThrowIfFailed();
        Assert.NotEqual(0, space.RunProcess("nft", ["-f", "-"], text).ExitCode);
    }

    private static void AssertListedAlike(string text)
    {
        NftRuleset written = NftRuleset.Parse(text);
        using NetworkNamespace space = NetworkNamespace.CreateAnonymous();
        space.RunProcess("nft", ["-f", "-"], text).ThrowIfFailed();
        NftRuleset listed = NftRuleset.Parse(space.RunProcess("nft", ["list", "ruleset"]).ThrowIfFailed().Output);
        Assert.Equal(written.ToCanonicalText(), listed.ToCanonicalText());
        AssertDecideAlike(new NftMachine(written), new NftMachine(listed));
    }

    private static void AssertDecideAlike(NftMachine written, NftMachine listed)
    {
        RandomPackets one = new(7);
        RandomPackets other = new(7);
        for (int index = 0; index < 2000; index++)
        {
            (Hook hook, PacketState left) = one.Next();
            (_, PacketState right) = other.Next();
            string description = left.ToString();
            HookOutcome expected = written.Run(hook, left);
            HookOutcome actual = listed.Run(hook, right);
            Assert.True(expected.Verdict == actual.Verdict, $"{hook} {description}");
            Assert.Equal(Place(expected.DecidingRule), Place(actual.DecidingRule));
            Assert.Equal((left.Mark, left.Priority, left.Connection?.Mark), (right.Mark, right.Priority, right.Connection?.Mark));
        }
    }

    private static string? Place(NftRule? rule) => rule is null ? null : $"{rule.Chain} {rule.Index} {rule.Comment}";
}
