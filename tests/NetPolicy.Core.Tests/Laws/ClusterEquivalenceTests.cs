using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Other ways to write the rules of cluster policies, among policies of all dialects.</summary>
public sealed class ClusterEquivalenceTests
{
    // A rule fails closed as a whole, so what is not understood must not be taken apart.
    private static readonly WorldShape s_known = WorldShape.All with { Unknowns = false };

    [Fact]
    public void A_rule_with_several_peers_or_ports_is_a_rule_for_each() => Equivalence.OfVerdicts(s_known, ClusterRewrites.WithRulesForEachEntry);

    [Fact]
    public void Order_and_repetition_of_entries_never_matter() => Equivalence.OfReasons(WorldShape.All, ClusterRewrites.WithEntriesShuffled);

    [Fact]
    public void A_port_is_a_range_and_a_range_is_its_parts() => Equivalence.OfReasons(s_known, ClusterRewrites.WithPortsTakenApart);

    [Fact]
    public void Namespaces_of_a_subject_are_all_pods_in_them() => Equivalence.OfReasons(WorldShape.All, ClusterRewrites.WithAllPodsWritten);
}
