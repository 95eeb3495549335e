using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Ways to write Calico policies that the specification makes equal.</summary>
public sealed class CalicoEquivalenceTests
{
    private static readonly WorldShape Alone = WorldShape.CalicoOnly;

    private static readonly WorldShape Everything = WorldShape.All;

    [Fact]
    public void Defaults_that_are_written_change_nothing() => Equivalence.OfReasons(Everything, CalicoRewrites.WithDefaultsWritten);

    [Fact]
    public void A_port_is_a_range_and_a_range_is_its_parts() => Equivalence.OfReasons(Alone, CalicoRewrites.WithPortsAsRanges);

    [Fact]
    public void A_block_is_its_halves_in_rules_and_in_sets() => Equivalence.OfReasons(Everything, CalicoRewrites.WithBlocksHalved);

    [Fact]
    public void Selectors_may_stand_in_parentheses_and_be_denied_or_said_twice() => Equivalence.OfReasons(Everything, CalicoRewrites.WithSelectorsInflated);

    [Fact]
    public void A_protocol_is_its_number() => Equivalence.OfReasons(Alone, CalicoRewrites.WithProtocolsByNumber);

    [Fact]
    public void Order_and_repetition_of_entries_never_matter() => Equivalence.OfReasons(Everything, CalicoRewrites.WithEntriesShuffled);

    [Fact]
    public void A_rule_with_several_blocks_or_ports_is_a_rule_for_each() => Equivalence.OfVerdicts(Alone, CalicoRewrites.WithRulesForEachEntry);

    [Fact]
    public void A_rule_after_one_that_matches_the_same_changes_nothing_nor_does_a_log_before_it() => Equivalence.OfVerdicts(Everything, CalicoRewrites.WithShadowedRules);

    [Fact]
    public void A_policy_is_two_next_to_each_other_that_share_its_rules() => Equivalence.OfVerdicts(Everything, CalicoRewrites.WithPoliciesSplit);

    [Fact]
    public void Only_the_order_of_orders_matters() => Equivalence.OfReasons(Everything, CalicoRewrites.WithOtherOrders);

    [Fact]
    public void Tiers_without_policies_and_policies_without_subjects_change_nothing() => Equivalence.OfReasons(Everything, CalicoRewrites.WithMorePoliciesThatSelectNothing);
}
