using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>
/// Traps of cluster policies: equal priorities on which a verdict depends, ingress rules taken to deny everybody, and baseline policies that
/// NetworkPolicies hide (cluster policy specification §1).
/// </summary>
internal static class ClusterPolicyCheck
{
    public static void Run(LintContext context)
    {
        Policy[] policies = [.. context.Policies.Where(p => p.IsCluster)];
        foreach (IGrouping<(string, double?), Policy> equal in policies.Where(p => p.Order is not null).GroupBy(p => (p.Tier, p.Order)))
        {
            CheckTies(context, [.. equal.Order(Comparer<Policy>.Create(Policy.CompareInTier))]);
        }

        foreach (Policy policy in policies)
        {
            foreach (Rule rule in policy.Ingress.Where(r => r.Action == RuleAction.Deny && r.Alternatives.Any(IsEveryPod)).Take(1))
            {
                CheckOutside(context, policy, rule);
            }

            if (policy.Tier == Tier.KubeBaseline.Name)
            {
                CheckHidden(context, policy, Direction.Ingress);
                CheckHidden(context, policy, Direction.Egress);
            }
        }
    }

    // Each is asked first once: if no verdict changes, the order among them does not matter.
    private static void CheckTies(LintContext context, Policy[] equal)
    {
        for (int i = 1; i < equal.Length; i++)
        {
            Policy policy = equal[i];
            if (!equal.Take(i).Any(other => HaveCommonSubject(context, policy, other)))
            {
                continue;
            }

            SemanticDiff diff = SemanticDiff.Between(context.Snapshot, Promote(context.Snapshot, policy));
            if (diff.Changes.Count > 0)
            {
                ConnectionChange change = diff.Changes[0];
                Manifest? decider = change.OldAnswer is { } answer ? answer.Decider.By : null;
                Policy first = equal.FirstOrDefault(p => p.Source == decider && p != policy) ?? equal[0];
                context.Add(
                    Findings.PriorityTie,
                    policy.Source,
                    "spec.priority",
                    string.Create(CultureInfo.InvariantCulture, $"priority `{policy.Order}` is also that of {first.Id}, and the two disagree: here {first.Id} is asked first because of its name, elsewhere it may not be"),
                    change.Witness,
                    related: first.Source.SpanOf("spec.priority"));
            }
        }
    }

    private static bool HaveCommonSubject(LintContext context, Policy one, Policy other) =>
        ((one.TakesIngress && other.TakesIngress) || (one.TakesEgress && other.TakesEgress))
        && context.SubjectsOf(one).Any(other.Subject.Selects);

    // The same world with every priority doubled, so that there is room before the tied ones.
    private static Snapshot Promote(Snapshot snapshot, Policy promoted) => Snapshot.Of(
        snapshot.Manifests.Select(manifest => manifest switch
        {
            ClusterNetworkPolicyManifest { Spec: { } spec } policy => policy with { Spec = spec with { Priority = Move(spec.Priority, policy, promoted) } },
            AdminNetworkPolicyManifest { Spec: { } spec } policy => policy with { Spec = spec with { Priority = Move(spec.Priority, policy, promoted) } },
            CalicoPolicyManifest { Spec: { Order: { } order } spec } policy => policy with { Spec = spec with { Order = (order * 2) + 1 } },
            _ => manifest,
        }),
        snapshot.Options);

    private static int? Move(int? priority, Manifest policy, Policy promoted) => (priority * 2) + (policy.Id == promoted.Id ? 0 : 1);

    private static bool IsEveryPod(RuleMatch match) =>
        match is { Protocol: null, Destination.Ports: null, Source.Selector: KubernetesPods { Namespace: null, NamespaceLabels: null or AllSelector, PodLabels: AllSelector } };

    private static void CheckOutside(LintContext context, Policy policy, Rule rule)
    {
        foreach (Endpoint subject in context.SubjectsOf(policy))
        {
            int port = LintContext.DeclaredPorts(subject).Where(p => p.Protocol is null or "TCP").Select(p => p.Number).FirstOrDefault(p => p is > 0 and <= ushort.MaxValue, 80);
            if (context.Confirm(Verdict.Allow, LintContext.Outside(subject), subject.Name, Protocol.Tcp, port) is { } witness)
            {
                context.Add(
                    Findings.IngressSeesPodsOnly,
                    policy.Source,
                    rule.Path,
                    $"rule denies the traffic of pods only: what comes from nodes, hostNetwork pods and outside the cluster is matched by no ingress rule of a {policy.Source.Kind} and still reaches `{subject.Name}`",
                    witness);
                return;
            }
        }
    }

    private static void CheckHidden(LintContext context, Policy policy, Direction direction)
    {
        Endpoint[] subjects = [.. context.SubjectsOf(policy)];
        if (policy.Takes(direction) && subjects.Length > 0 && subjects.All(s => IsIsolated(context, s, direction)))
        {
            context.Add(
                Findings.BaselineHidden,
                policy.Source,
                LintContext.PathOf(direction),
                $"{(direction == Direction.Ingress ? "ingress" : "egress")} rules are not asked: NetworkPolicies select every pod that the policy applies to, {LintContext.List(subjects.Select(s => s.Name))}");
        }
    }

    private static bool IsIsolated(LintContext context, Endpoint endpoint, Direction direction) =>
        context.Snapshot.ProgramOf(endpoint, PolicyStage.Normal, direction).Tiers.SelectMany(t => t.Policies).Any(p => p.IsEnforced && p.Policy.IsKubernetes);
}
