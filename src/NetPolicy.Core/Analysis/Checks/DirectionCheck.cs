using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Policies;

namespace NetPolicy.Analysis.Checks;

/// <summary>Rules that are not read because their direction is not among the types, and peer lists that are empty.</summary>
internal static class DirectionCheck
{
    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            if (LintContext.KubernetesSpec(policy) is { } kubernetes)
            {
                CheckInert(context, policy, Direction.Ingress, kubernetes.Ingress?.Count ?? 0, "policyTypes");
                CheckInert(context, policy, Direction.Egress, kubernetes.Egress?.Count ?? 0, "policyTypes");
                CheckPeers(context, policy, Direction.Ingress, [.. kubernetes.Ingress ?? default]);
                CheckPeers(context, policy, Direction.Egress, [.. kubernetes.Egress ?? default]);
            }
            else if (LintContext.CalicoSpec(policy) is { } calico)
            {
                CheckInert(context, policy, Direction.Ingress, calico.Ingress?.Count ?? 0, "types");
                CheckInert(context, policy, Direction.Egress, calico.Egress?.Count ?? 0, "types");
            }
        }
    }

    private static void CheckInert(LintContext context, Policy policy, Direction direction, int rules, string field)
    {
        if (rules > 0 && !policy.Takes(direction))
        {
            context.Add(
                Findings.InertRules,
                policy.Source,
                LintContext.PathOf(direction),
                $"{(direction == Direction.Ingress ? "ingress" : "egress")} rules are not read: `{field}` does not name {direction}");
        }
    }

    private static void CheckPeers(LintContext context, Policy policy, Direction direction, NetworkPolicyRule[] rules)
    {
        string side = direction == Direction.Ingress ? "from" : "to";
        for (int r = 0; r < rules.Length; r++)
        {
            if (rules[r].Peers is { IsEmpty: true })
            {
                context.Add(
                    Findings.EmptyPeersMeanEverybody,
                    policy.Source,
                    string.Create(CultureInfo.InvariantCulture, $"{LintContext.PathOf(direction)}[{r}].{side}"),
                    $"`{side}: []` means everybody, not nobody");
            }
        }
    }
}
