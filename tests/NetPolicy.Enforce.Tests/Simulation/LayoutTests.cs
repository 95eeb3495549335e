using NetPolicy.Enforce.Simulation;
using Xunit;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>The recommended layout parses as written and as nft 1.0.6 prints it, and both mean the same.</summary>
public sealed class LayoutTests
{
    private static readonly NftRuleset Written = NftRuleset.Parse(SimulatedRuleset.Read("layout.nft"));
    private static readonly NftRuleset Listed = NftRuleset.Parse(SimulatedRuleset.Read("layout.listed.nft"));

    [Fact]
    public void The_layout_as_written_and_as_listed_is_one_model() => Assert.Equal(Written.ToCanonicalText(), Listed.ToCanonicalText());
}
