using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>What Kubernetes 7 calls equal is equal.</summary>
public sealed class KubernetesEquivalenceTests
{
    private static WorldShape Mixed => WorldShape.Mixed;

    private static WorldShape Alone => WorldShape.KubernetesOnly with { Staged = true };

    [Fact]
    public void Absent_and_empty_lists_mean_the_same() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithListsAbsentOrEmpty);

    [Fact]
    public void Defaults_that_are_written_change_nothing() => Equivalence.OfReasons(Mixed, KubernetesRewrites.WithDefaultsWritten);

    [Fact]
    public void A_range_is_its_ports_and_its_parts() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithRangesTakenApart);

    [Fact]
    public void A_protocol_alone_is_all_its_ports() => Equivalence.OfVerdicts(Alone, KubernetesRewrites.WithProtocolsAsRanges, counts: flow => flow.Port is not null);

    [Fact]
    public void Labels_are_requirements_of_one_value() => Equivalence.OfReasons(Mixed, KubernetesRewrites.WithLabelsAsExpressions);

    [Fact]
    public void One_of_several_values_is_a_peer_for_each() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithValuesAsPeers, leastPercent: 15);

    [Fact]
    public void None_of_several_values_is_a_requirement_for_each() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithForbiddenValuesApart, leastPercent: 15);

    [Fact]
    public void Pods_of_the_own_namespace_are_those_of_the_namespace_of_its_name() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithOwnNamespaceNamed);

    [Fact]
    public void Namespaces_are_all_pods_in_them() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithAllPodsWritten);

    [Fact]
    public void A_block_without_exceptions_is_the_blocks_that_are_left() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithExceptionsCutOut, leastPercent: 15);

    [Fact]
    public void A_block_is_its_halves() => Equivalence.OfReasons(Alone, KubernetesRewrites.WithBlocksHalved);

    [Fact]
    public void A_policy_for_both_directions_is_one_for_each() => Equivalence.OfVerdicts(Alone, KubernetesRewrites.WithDirectionsApart);

    [Fact]
    public void A_policy_is_several_with_one_rule_each() => Equivalence.OfVerdicts(Alone, KubernetesRewrites.WithRulesApart);

    [Fact]
    public void A_policy_among_those_of_Calico_is_several_with_one_rule_each() => Equivalence.OfVerdicts(Mixed, KubernetesRewrites.WithRulesApart, leastPercent: 15);

    [Fact]
    public void Order_and_repetition_of_rules_peers_ports_and_requirements_never_matter() => Equivalence.OfVerdicts(Mixed, KubernetesRewrites.WithEverythingShuffled);
}
