using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>Selectors in rules that select nothing; those of DNS rules by their own name.</summary>
internal static class PeerCheck
{
    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
            {
                foreach ((string path, EndpointSelector selector, bool isDns) in Peers(policy, direction))
                {
                    Check(context, policy, direction, path, selector, isDns);
                }
            }
        }
    }

    private static void Check(LintContext context, Policy policy, Direction direction, string path, EndpointSelector selector, bool isDns)
    {
        if (context.Workloads.Length == 0 || context.Cluster.Selectables.Any(selector.Selects) || !KnowsNamespaces(context, selector))
        {
            return;
        }

        isDns = direction == Direction.Egress && (isDns || context.DnsPods.Any(p => IsMeant(selector, p)));
        if (isDns)
        {
            if (context.DnsPods.Length > 0)
            {
                context.WithoutDns.Add(policy);
            }

            context.Add(
                Findings.DnsRuleReachesNothing,
                policy.Source,
                path,
                $"DNS rule reaches no pod: {Why(context, selector, context.DnsPods.Length > 0 ? context.DnsPods : context.Workloads)}",
                Witness(context, policy));
            return;
        }

        context.Add(
            Findings.PeerSelectsNothing,
            policy.Source,
            path,
            $"peer selects nothing: {Why(context, selector, Candidates(context, selector))}");
    }

    // What the inventory does not tell is not held against the policy.
    private static bool KnowsNamespaces(LintContext context, EndpointSelector selector) => selector switch
    {
        KubernetesPods { Namespace: { } own } => context.Workloads.Any(w => w.Namespace == own),
        KubernetesPods => context.HasNamespaces,
        _ => true,
    };

    // The pods are meant if only their namespace stands in the way.
    private static bool IsMeant(EndpointSelector selector, Endpoint dns) =>
        selector is KubernetesPods pods && SelectorTerms.Of(pods.PodLabels).Any() && pods.PodLabels.Matches(dns.Labels);

    private static IReadOnlyCollection<Selectable> Candidates(LintContext context, EndpointSelector selector) =>
        selector is KubernetesPods { Namespace: { } own } ? [.. context.Workloads.Where(w => w.Namespace == own)]
        : selector is KubernetesPods ? context.Workloads
        : context.Cluster.Selectables;

    // A namespace without pods has no pod to tell by.
    private static string Why(LintContext context, EndpointSelector selector, IReadOnlyCollection<Selectable> candidates)
    {
        if (selector is KubernetesPods { NamespaceLabels: { } wanted }
            && context.Cluster.Namespaces.Where(n => wanted.Matches(n.Value)).Select(n => n.Key).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } selected
            && !context.Workloads.Any(w => selected.Contains(w.Namespace)))
        {
            return $"there is no pod in {(selected.Length == 1 ? "namespace" : "namespaces")} {LintContext.List(selected)}";
        }

        return SelectorTerms.WhyNothing(selector, candidates);
    }

    private static FlowRequest? Witness(LintContext context, Policy policy)
    {
        foreach (Endpoint subject in context.SubjectsOf(policy))
        {
            foreach (Endpoint dns in context.DnsPods.Where(d => d != subject))
            {
                if (context.Confirm(Verdict.Deny, subject.Name, dns.Name, Protocol.Udp, 53) is { } witness)
                {
                    return witness;
                }
            }
        }

        return null;
    }

    private static IEnumerable<(string Path, EndpointSelector Selector, bool IsDns)> Peers(Policy policy, Direction direction)
    {
        string list = LintContext.PathOf(direction);
        if (LintContext.KubernetesSpec(policy) is { } kubernetes)
        {
            string side = direction == Direction.Ingress ? "from" : "to";
            NetworkPolicyRule[] rules = [.. (direction == Direction.Ingress ? kubernetes.Ingress : kubernetes.Egress) ?? default];
            for (int r = 0; r < rules.Length; r++)
            {
                bool isDns = (rules[r].Ports ?? default).Any(p => p.Port is { IsNumber: true, Number: 53 });
                NetworkPolicyPeer[] peers = [.. rules[r].Peers ?? default];
                for (int p = 0; p < peers.Length; p++)
                {
                    if (peers[p].IpBlock is null && (peers[p].PodSelector is not null || peers[p].NamespaceSelector is not null))
                    {
                        Selector pods = KubernetesNormalizer.ToSelector(peers[p].PodSelector, Selector.Nothing);
                        KubernetesPods selector = peers[p].NamespaceSelector is { } namespaces
                            ? new(null, KubernetesNormalizer.ToSelector(namespaces, Selector.Nothing), pods)
                            : new(policy.Source.EffectiveNamespace, null, pods);
                        yield return (string.Create(CultureInfo.InvariantCulture, $"{list}[{r}].{side}[{p}]"), selector, isDns);
                    }
                }
            }

            yield break;
        }

        if (policy.IsCluster)
        {
            string side = direction == Direction.Ingress ? "from" : "to";
            (EquatableArray<ClusterPolicyPeer> Peers, bool IsDns)[] rules = LintContext.ClusterRules(policy, direction);
            for (int r = 0; r < rules.Length; r++)
            {
                for (int p = 0; p < rules[r].Peers.Count; p++)
                {
                    if (PolicyApiNormalizer.ToPods(rules[r].Peers[p]) is { } selector)
                    {
                        yield return (string.Create(CultureInfo.InvariantCulture, $"{list}[{r}].{side}[{p}]"), selector, rules[r].IsDns);
                    }
                }
            }

            yield break;
        }

        foreach (Rule rule in policy.Rules(direction))
        {
            CalicoRule? written = WrittenRule(policy, direction, rule.Index);
            foreach (RuleMatch match in rule.Alternatives)
            {
                bool isDns = match.Destination.Ports is { } ports && ports.Numbers.Contains(53);
                foreach ((string end, EndMatch side, EntityRule? text) in ((string, EndMatch, EntityRule?)[])
                    [("source", match.Source, written?.Source), ("destination", match.Destination, written?.Destination)])
                {
                    if (side.Selector is { } selector)
                    {
                        string field = text?.Selector is not null ? "selector" : text?.NamespaceSelector is not null ? "namespaceSelector" : "serviceAccounts";
                        yield return ($"{rule.Path}.{end}.{field}", selector, isDns && end == "destination");
                    }
                }
            }
        }
    }

    private static CalicoRule? WrittenRule(Policy policy, Direction direction, int index)
    {
        CalicoPolicySpec? spec = LintContext.CalicoSpec(policy);
        return (direction == Direction.Ingress ? spec?.Ingress : spec?.Egress) is { } rules && index < rules.Count ? rules[index] : null;
    }
}
