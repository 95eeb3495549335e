using NetPolicy.Analysis;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;
using NetPolicy.Spec;
using Xunit;
using World = NetPolicy.Laws.World;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>An explanation tells what really decided.</summary>
public sealed class ExplanationLawTests
{
    // Each flow makes worlds of its own, so few are taken: those that a rule decides first.
    private const int FlowsOfAWorld = 2;


    [Fact]
    public void Without_the_rule_or_the_policy_that_decided_the_verdict_or_the_reason_is_another()
    {
        Coverage coverage = new(("a rule goes", 35), ("a policy goes", 10));
        Hold(WorldShape.All, coverage, (@case, flow, snapshot, explanation) =>
        {
            EndDecision decider = explanation.Evaluation.Decider;
            // Answers name a policy by kind, namespace and name: the two kinds `NetworkPolicy` cannot be told apart where they share a name.
            if (decider.By is not { } by || @case.World.Manifests.Any(manifest => manifest.Id != by.Id && manifest.Id with { Group = by.Id.Group } == by.Id) || !@case.World.Manifests.Any(manifest => manifest.Id == by.Id) || decider.Reason is not (DecisionReason.Rule or DecisionReason.ProfileRule or DecisionReason.Isolated))
            {
                return null;
            }

            coverage.Saw(decider.Rule is null ? "a policy goes" : "a rule goes");
            World without = @case.World with
            {
                Manifests = decider.Rule is null
                    ? @case.World.Manifests.Where(manifest => manifest.Id != by.Id).ToEquatableArray()
                    : @case.World.Manifests.Select(manifest => manifest.Id == by.Id ? RuleLists.Keep(manifest, (at, i) => at != decider.RuleDirection || i != decider.RuleIndex) : manifest).ToEquatableArray(),
            };

            // The oracle is asked, because the engine could be wrong about both worlds in the same way.
            SpecAnswer now = SpecWorld.Load(without.ToTexts(), @case.Choices.ToSpec()).Evaluate(flow.ToSpec());
            SpecRule? old = Agreement.RuleOf(decider);
            SpecRule? reason = now.Rule is { } rule && old is { Index: >= 0 } && rule == old with { Index = rule.Index } && rule.Index >= old.Index ? rule with { Index = rule.Index + 1 } : now.Rule;
            return now.Allowed == explanation.Evaluation.IsAllowed && reason == old ? $"still {(now.Allowed ? "allowed" : "denied")} by {reason}" : null;
        });
    }

    [Fact]
    public void With_the_opposite_action_the_rule_that_decided_decides_the_opposite()
    {
        Coverage coverage = new(("turned", 25));

        // What nobody understands denies and never allows.
        Hold(WorldShape.All with { Unknowns = false }, coverage, (@case, flow, snapshot, explanation) =>
        {
            // With several ways another one may decide once this one is judged otherwise.
            EndDecision decider = explanation.Evaluation.Decider;
            if (explanation.Attempts.Count != 1 || decider is not { Reason: DecisionReason.Rule, Rule: { } rule, By: { } by } || Opposite(@case.World, by, decider) is not { } turned)
            {
                return null;
            }

            coverage.Saw("turned");
            Snapshot other = Snapshot.Of(turned.Manifests, @case.Choices.ToEngine());
            Assert.True(other.TryResolve(flow, out Flow resolved, out string? error), error);
            Explanation now = Explanation.Of(other, resolved);
            EndDecision[] same =
            [
                .. now.Attempts[0].Stages.Select(stage => stage.Decision).Where(d => d.By?.Id == by.Id && d.RuleIndex == decider.RuleIndex && d.RuleDirection == decider.RuleDirection),
            ];
            EndVerdict wanted = decider.Verdict == EndVerdict.Allow ? EndVerdict.Deny : EndVerdict.Allow;
            return same.Any(d => d.Verdict == wanted) ? null : $"{rule} decided {decider.Verdict}, turned it says {string.Join(", ", now.Attempts[0].Stages.Select(s => s.Decision))}";
        });
    }

    [Fact]
    public void What_was_not_asked_and_rules_that_did_not_match_may_go()
    {
        Coverage coverage = new(("something goes", 70), ("allowed", 50), ("denied", 50));
        Hold(WorldShape.All, coverage, (@case, flow, snapshot, explanation) =>
        {
            World written = RuleLists.WithDirectionsWritten(@case.World);
            HashSet<ObjectId> asked = [];
            HashSet<(ObjectId, Direction, int)> matched = [];
            foreach (ExplainedStage stage in explanation.Attempts.SelectMany(attempt => attempt.Stages))
            {
                foreach (ExplainedPolicy policy in stage.Tiers.SelectMany(tier => tier.Policies).Where(p => p.IsEnforced))
                {
                    asked.Add(policy.Policy.Id);
                    matched.UnionWith(policy.Rules.Where(r => r.Matched).Select(r => (policy.Policy.Id, r.Rule.Direction, r.Rule.Index)));
                }

                matched.UnionWith(stage.Profiles.SelectMany(p => p.Rules).Where(r => r.Matched).Select(r => (r.Rule.Source.Id, r.Rule.Direction, r.Rule.Index)));
            }

            World reduced = written with
            {
                Manifests =
                [
                    .. written.Manifests
                        .Where(manifest => !IsPolicy(manifest) || asked.Contains(manifest.Id))
                        .Select(manifest => IsPolicy(manifest) && TellsBySayingNothing(manifest) ? manifest : RuleLists.Keep(manifest, (at, i) => matched.Contains((manifest.Id, at, i)))),
                ],
            };
            if (reduced.Manifests != written.Manifests)
            {
                coverage.Saw("something goes");
            }

            coverage.Saw(explanation.Evaluation.IsAllowed ? "allowed" : "denied");
            Snapshot fewer = Snapshot.Of(reduced.Manifests, @case.Choices.ToEngine());
            Assert.True(fewer.TryResolve(flow, out Flow resolved, out string? error), error);
            Evaluation now = fewer.Evaluate(resolved), before = explanation.Evaluation;
            string expected = Describe(before, index => index is { } at ? matched.Count(m => m.Item1 == at.Id && m.Item2 == at.Direction && m.Item3 < at.Index) : -1, reduced);
            string actual = Describe(now, index => index?.Index ?? -1, reduced);
            return expected == actual ? null : $"expected: {expected}\nactual:   {actual}\nreduced:\n{reduced}";
        });
    }

    // A cluster policy has a say where it has rules, so rules that do not match still make the profiles' answer one by a rule.
    private static bool TellsBySayingNothing(Manifest manifest) => manifest is ClusterNetworkPolicyManifest or AdminNetworkPolicyManifest or BaselineAdminNetworkPolicyManifest;

    private static bool IsPolicy(Manifest manifest) => manifest.Kind.EndsWith("NetworkPolicy", StringComparison.Ordinal);

    private static string Describe(in Evaluation answer, Func<(ObjectId Id, Direction Direction, int Index)?, int> index, World world)
    {
        EndDecision decider = answer.Decider;
        int at = decider.Rule is { } rule && decider.By is { } by ? world.Manifests.Any(m => m.Id == by.Id && !TellsBySayingNothing(m)) ? index((by.Id, decider.RuleDirection, rule.Index)) : rule.Index : -1;
        return $"{answer.Verdict}, egress {answer.Egress.Verdict}, ingress {answer.Ingress.Verdict}, {decider.Reason} of {decider.By?.Id} {decider.RuleDirection}[{at}]";
    }

    // Only where the opposite is one: a Kubernetes rule has none.
    private static World? Opposite(World world, Manifest by, EndDecision decider)
    {
        bool isThere = false;
        World turned = world with
        {
            Manifests = world.Manifests.Select(manifest => manifest.Id == by.Id
                ? RuleLists.Replace(manifest, decider.RuleDirection, decider.RuleIndex, rule =>
                {
                    object other = rule switch
                    {
                        CalicoRule { Action: "Allow", Http: null } allow => allow with { Action = "Deny" },
                        CalicoRule { Action: "Deny" } deny => deny with { Action = "Allow" },
                        ClusterPolicyRule { Action: "Accept" } accept => accept with { Action = "Deny" },
                        ClusterPolicyRule { Action: "Deny" } deny when IsUnderstood(deny.Peers) => deny with { Action = "Accept" },
                        AdminPolicyRule { Action: "Allow" } allow => allow with { Action = "Deny" },
                        AdminPolicyRule { Action: "Deny" } deny when IsUnderstood(deny.Peers) => deny with { Action = "Allow" },
                        _ => rule,
                    };
                    isThere |= !ReferenceEquals(other, rule);
                    return other;
                })
                : manifest).ToEquatableArray(),
        };
        return isThere ? turned : null;
    }

    // What is not understood denies whatever the peers are, but allows nothing.
    private static bool IsUnderstood(EquatableArray<ClusterPolicyPeer>? peers) =>
        (peers ?? default).All(peer => peer is { DomainNames: null } and ({ Namespaces: not null } or { Pods: not null } or { Nodes: not null } or { Networks: not null }));

    private static void Hold(WorldShape shape, Coverage coverage, Func<Case, FlowRequest, Snapshot, Explanation, string?> broken) => Law.ForAll(Any.Plain(shape, 24), coverage, @case =>
    {
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        List<(FlowRequest Flow, Flow Resolved, bool ByRule)> flows = [];
        foreach (FlowRequest flow in @case.Flows)
        {
            if (snapshot.TryResolve(flow, out Flow resolved, out _))
            {
                flows.Add((flow, resolved, snapshot.Evaluate(resolved).Decider.Rule is not null));
            }
        }

        foreach ((FlowRequest flow, Flow resolved, _) in flows.OrderByDescending(flow => flow.ByRule).Take(FlowsOfAWorld))
        {
            if (broken(@case, flow, snapshot, Explanation.Of(snapshot, resolved)) is { } how)
            {
                return $"{{{flow.Describe()}}}: {how}";
            }
        }

        return null;
    });
}
