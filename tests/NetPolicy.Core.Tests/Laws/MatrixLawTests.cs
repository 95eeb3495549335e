using NetPolicy.Addresses;
using NetPolicy.Analysis;
using NetPolicy.Collections;
using NetPolicy.Core.Tests.Analysis;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Ports;
using Xunit;
using World = NetPolicy.Laws.World;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>The matrix and the comparison of worlds say what evaluation says, of every pair.</summary>
public sealed class MatrixLawTests
{
    private static readonly ushort[] s_ports = [53, 79, 80, 81, 82, 8080, 8081, 30080, 65535];

    [Fact]
    public void The_matrix_says_of_every_pair_what_evaluation_says()
    {
        Coverage coverage = new(("open", 90), ("closed", 50));
        Law.ForAll(Any.Plain(WorldShape.All, 0), coverage, @case =>
        {
            Dice dice = new(@case.World.Spelling);
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
            Connectivity matrix = Connectivity.Of(snapshot);
            Dictionary<(string, string), Connection> connections = matrix.Connections.ToDictionary(c => (c.From.Id, c.To.Id));

            // What is sent to loopback stays with the sender.
            Expansion.End[] ends = [.. new Expansion(matrix.Groups).Ends.Where(end => !end.IsOutside || (dice.Chance(40) && !end.Name.StartsWith("127.", StringComparison.Ordinal) && end.Name != "::1"))];
            foreach (Expansion.End from in ends)
            {
                foreach (Expansion.End to in ends.Where(e => e.Name != from.Name && !(e.IsOutside && from.IsOutside)))
                {
                    Connection? connection = connections.GetValueOrDefault((from.Group.Id, to.Group.Id));
                    (Protocol protocol, ushort port) = (dice.Pick(Protocol.Tcp, Protocol.Tcp, Protocol.Udp, Protocol.Sctp), dice.PickFrom(s_ports));
                    IpFamily[] families = Expansion.Families(snapshot, from, to);
                    bool[] byFamily = [.. families.Select(family => Expansion.Allows(snapshot, from, to, protocol, port, family))];
                    bool told = connection is not null && connection.Allow.PortsOf(protocol).Contains(port);
                    coverage.Saw(told ? "open" : "closed");
                    if (byFamily.Any(allows => allows) != told
                        || (byFamily.Length == 2 && byFamily[0] != byFamily[1]
                            && (connection?.Families is not { } both || both.IPv4.PortsOf(protocol).Contains(port) != byFamily[0] || both.IPv6.PortsOf(protocol).Contains(port) != byFamily[1])))
                    {
                        return $"{from.Name} to {to.Name} {protocol} {port}: evaluated {string.Join(", ", families.Zip(byFamily))}, told {told} {connection?.Families}";
                    }
                }
            }

            return null;
        });
    }

    [Fact]
    public void Worlds_that_mean_the_same_do_not_differ()
    {
        Func<World, Dice, World>[] rewrites =
        [
            KubernetesRewrites.WithLabelsAsExpressions, KubernetesRewrites.WithRangesTakenApart, KubernetesRewrites.WithRulesApart, KubernetesRewrites.WithBlocksHalved,
            CalicoRewrites.WithPoliciesSplit, CalicoRewrites.WithPortsAsRanges, CalicoRewrites.WithSelectorsInflated, CalicoRewrites.WithShadowedRules, CalicoRewrites.WithBlocksHalved, CalicoRewrites.WithOtherOrders,
            ClusterRewrites.WithPortsTakenApart, ClusterRewrites.WithMorePoliciesThatSayNothing,
        ];
        Coverage coverage = new(("rewritten", 60));
        Law.ForAll(Any.Plain(WorldShape.All, 0), coverage, @case =>
        {
            Dice dice = new(@case.World.Spelling);
            World other = dice.PickFrom(rewrites)(@case.World, dice);
            if (other.Manifests != @case.World.Manifests)
            {
                coverage.Saw("rewritten");
            }

            SemanticDiff diff = SemanticDiff.Between(Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine()), Snapshot.Of(other.Manifests, @case.Choices.ToEngine()), new DiffOptions { Ends = true });
            return diff.Changes.Count == 0 ? null : $"{diff.Changes[0]}\nin another way:\n{other}";
        });
    }

    [Fact]
    public void A_difference_has_a_witness_and_no_witness_is_left_out()
    {
        Coverage coverage = new(("differs", 40), ("the same", 10));
        Law.ForAll(Any.Plain(WorldShape.All, 30), coverage, @case =>
        {
            // A document goes, or the policies are those of another world.
            Dice dice = new(@case.World.Spelling);
            Manifest[] policies = [.. @case.World.Manifests.Where(manifest => manifest.Kind.EndsWith("NetworkPolicy", StringComparison.Ordinal))];
            Manifest[] gone = dice.Chance(70) && policies.Length > 0 ? [dice.PickFrom(policies)] : policies;
            EquatableArray<Manifest> fewer = @case.World.Manifests.Where(manifest => !gone.Contains(manifest)).ToEquatableArray();
            Snapshot old = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine()), @new = Snapshot.Of(fewer, @case.Choices.ToEngine());
            SemanticDiff diff = SemanticDiff.Between(old, @new);
            coverage.Saw(diff.Changes.Count > 0 ? "differs" : "the same");
            foreach (ConnectionChange change in diff.Changes)
            {
                if (Ask(old, change.Witness) == Ask(@new, change.Witness))
                {
                    return $"{change.Witness.Describe()} is no witness: {Ask(old, change.Witness)} before and after\nwithout {string.Join(", ", gone.Select(g => g.Id))}";
                }
            }

            // What flows show must be listed, as far as the comparison speaks of them.
            foreach (FlowRequest flow in @case.Flows.Where(flow => IsSpokenOf(flow) && IsMember(diff, flow.From) && IsMember(diff, flow.To)))
            {
                if (Ask(old, flow) != Ask(@new, flow) && !diff.Changes.Any(change => change.From.Members.Contains(flow.From) && change.To.Members.Contains(flow.To)))
                {
                    return $"{{{flow.Describe()}}} is {Ask(old, flow)}, then {Ask(@new, flow)}, and not listed\nwithout {string.Join(", ", gone.Select(g => g.Id))}";
                }
            }

            return null;
        });
    }

    private static bool IsSpokenOf(FlowRequest flow) => flow is { Port: not null, SourcePort: null, HttpMethod: null, HttpPath: null, InInterface: null, OutInterface: null, Protocol: "TCP" or "UDP" or "SCTP" } && flow.From != flow.To;

    private static bool IsMember(SemanticDiff diff, string end) => diff.Groups.Any(group => group.Members.Contains(end));

    private static string Ask(Snapshot snapshot, FlowRequest flow) => snapshot.TryResolve(flow, out Flow resolved, out string? error) ? snapshot.Evaluate(resolved).Verdict.ToString() : error;
}
