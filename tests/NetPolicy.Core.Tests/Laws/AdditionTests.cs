using NetPolicy.Analysis;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Policies;
using Xunit;
using World = NetPolicy.Laws.World;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Kubernetes policies only allow: what more of them takes away it takes away by isolation.</summary>
public sealed class AdditionTests
{
    [Fact]
    public void One_more_policy_takes_away_only_by_isolating_who_was_not_isolated() => OneMorePolicy(WorldShape.KubernetesOnly);

    [Fact]
    public void One_more_Kubernetes_policy_among_those_of_Calico_takes_away_only_by_isolating() => OneMorePolicy(WorldShape.All);

    [Fact]
    public void One_more_rule_takes_away_nothing() => OneMoreRule(WorldShape.KubernetesOnly);

    [Fact]
    public void One_more_Kubernetes_rule_among_policies_of_Calico_takes_away_nothing() => OneMoreRule(WorldShape.All);

    [Fact]
    public void Without_policies_every_pod_reaches_every_pod()
    {
        Coverage coverage = new(("pods", 60));
        Law.ForAll(Any.Plain(WorldShape.KubernetesOnly, 20), coverage, @case =>
        {
            Snapshot open = Snapshot.Of(@case.World.Manifests.Where(manifest => manifest is not NetworkPolicyManifest), @case.Choices.ToEngine());
            foreach (FlowRequest flow in @case.Flows.Where(flow => IsPod(flow.From) && IsPod(flow.To)))
            {
                coverage.Saw("pods");
                if (open.TryResolve(flow, out Flow resolved, out _) && open.Evaluate(resolved) is { IsAllowed: false, Decider.Reason: not DecisionReason.Unreachable } answer)
                {
                    return $"{{{flow.Describe()}}} is denied: {answer.Decider}";
                }
            }

            return null;
        });

        static bool IsPod(string end) => end.Contains('/', StringComparison.Ordinal) && !end.Contains(':', StringComparison.Ordinal);
    }

    private static void OneMorePolicy(WorldShape shape)
    {
        Coverage coverage = new(("isolates", 10), ("allows", 3), ("allowed before", 60));
        Law.ForAll(Any.Plain(shape, 40), coverage, @case =>
        {
            // The policies of another world, under names of their own.
            Manifest? more = Any.MakePlain(@case.World.Spelling, WorldShape.KubernetesOnly, 0).World.All<NetworkPolicyManifest>().FirstOrDefault();
            if (more is null)
            {
                return null;
            }

            more = more with { Metadata = more.Metadata with { Name = "more" } };
            return Compare(@case, @case.World.Manifests.Add(more), coverage, (before, after) =>
                after.Reason == DecisionReason.Isolated && !(before is { Reason: DecisionReason.Rule, Stage: PolicyStage.Normal } && IsInDefaultTier(before)));
        });
    }

    private static void OneMoreRule(WorldShape shape)
    {
        Coverage coverage = new(("allows", 3), ("allowed before", 50));
        Law.ForAll(Any.Plain(shape, 40), coverage, @case =>
        {
            Dice dice = new(@case.World.Spelling);
            NetworkPolicyRule rule = Any.MakePlain(dice.Next(), WorldShape.KubernetesOnly, 0).World.All<NetworkPolicyManifest>()
                .SelectMany(policy => (policy.Spec?.Ingress ?? default).Concat(policy.Spec?.Egress ?? default))
                .FirstOrDefault() ?? new NetworkPolicyRule();
            World written = RuleLists.WithDirectionsWritten(@case.World);
            EquatableArray<Manifest> more =
            [
                .. written.Manifests.Select(manifest => manifest is NetworkPolicyManifest { Spec: { } spec } policy && dice.Chance(70)
                    ? policy with { Spec = dice.Chance(50) ? spec with { Ingress = [rule, .. spec.Ingress ?? []] } : spec with { Egress = [rule, .. spec.Egress ?? []] } }
                    : manifest),
            ];
            return Compare(@case with { World = written }, more, coverage, (_, _) => false);
        });
    }

    // A policy of Calico of another tier may have allowed what is now isolated before that tier is asked.
    private static bool IsInDefaultTier(EndDecision decision) => decision.By switch
    {
        NetworkPolicyManifest => true,
        CalicoPolicyManifest { Spec.Tier: null or "" or "default" } => true,
        _ => false,
    };

    private static string? Compare(Case @case, EquatableArray<Manifest> more, Coverage coverage, Func<EndDecision, EndDecision, bool> isIsolation)
    {
        Snapshot old = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine()), @new = Snapshot.Of(more, @case.Choices.ToEngine());
        foreach (FlowRequest flow in @case.Flows)
        {
            if (!old.TryResolve(flow, out Flow resolved, out _) || !@new.TryResolve(flow, out Flow again, out _))
            {
                continue;
            }

            Evaluation before = old.Evaluate(resolved), after = @new.Evaluate(again);
            if (before.IsAllowed)
            {
                coverage.Saw("allowed before");
            }

            if (!before.IsAllowed && after.IsAllowed)
            {
                coverage.Saw("allows");
            }

            if (before.IsAllowed && !after.IsAllowed)
            {
                bool isEgress = after.Decider == after.Egress;
                EndDecision past = Before(Explanation.Of(old, resolved), Explanation.Of(@new, again), isEgress) ?? (isEgress ? before.Egress : before.Ingress);
                if (!isIsolation(past, after.Decider))
                {
                    return $"{{{flow.Describe()}}}\n  before: {before}\n  after:  {after}\nwith more:\n{@case.World with { Manifests = more }}";
                }

                coverage.Saw("isolates");
            }
        }

        return null;
    }

    // Where an address has several owners or a Service several backends each is asked, and an evaluation tells one of them: what was said before of the one now denied.
    private static EndDecision? Before(Explanation before, Explanation after, bool isEgress)
    {
        ExplainedAttempt denied = after.Attempts[^1];
        return before.Attempts
            .FirstOrDefault(attempt => attempt.Source == denied.Source && attempt.Destination == denied.Destination && Equals(attempt.Backend, denied.Backend))?
            .Stages.LastOrDefault(stage => stage.Direction == (isEgress ? Direction.Egress : Direction.Ingress))?.Decision;
    }
}
