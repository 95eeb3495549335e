using NetPolicy.Collections;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Shrinking;

/// <content>Cluster policies.</content>
internal static partial class ManifestShrinker
{
    private static IEnumerable<ClusterNetworkPolicySpec> Spec(ClusterNetworkPolicySpec spec)
    {
        foreach (EquatableArray<ClusterPolicyRule>? rules in Optional(spec.Ingress, Rule))
        {
            yield return spec with { Ingress = rules };
        }

        foreach (EquatableArray<ClusterPolicyRule>? rules in Optional(spec.Egress, Rule))
        {
            yield return spec with { Egress = rules };
        }

        foreach (ClusterPolicySubject subject in Subject(spec.Subject))
        {
            yield return spec with { Subject = subject };
        }
    }

    private static IEnumerable<AdminNetworkPolicySpec> Spec(AdminNetworkPolicySpec spec)
    {
        foreach (EquatableArray<AdminPolicyRule>? rules in Optional(spec.Ingress, Rule))
        {
            yield return spec with { Ingress = rules };
        }

        foreach (EquatableArray<AdminPolicyRule>? rules in Optional(spec.Egress, Rule))
        {
            yield return spec with { Egress = rules };
        }

        foreach (ClusterPolicySubject subject in Subject(spec.Subject))
        {
            yield return spec with { Subject = subject };
        }
    }

    private static IEnumerable<ClusterPolicySubject> Subject(ClusterPolicySubject? subject)
    {
        if (subject is null)
        {
            yield break;
        }

        yield return new ClusterPolicySubject { Namespaces = new LabelSelectorSpec() };
        foreach (LabelSelectorSpec selector in Selector(subject.Namespaces).OfType<LabelSelectorSpec>())
        {
            yield return subject with { Namespaces = selector };
        }

        foreach (NamespacedPodSelector pods in Pods(subject.Pods))
        {
            yield return subject with { Pods = pods };
        }
    }

    private static IEnumerable<NamespacedPodSelector> Pods(NamespacedPodSelector? pods)
    {
        if (pods is null)
        {
            yield break;
        }

        foreach (LabelSelectorSpec selector in Selector(pods.NamespaceSelector).OfType<LabelSelectorSpec>())
        {
            yield return pods with { NamespaceSelector = selector };
        }

        foreach (LabelSelectorSpec selector in Selector(pods.PodSelector).OfType<LabelSelectorSpec>())
        {
            yield return pods with { PodSelector = selector };
        }
    }

    private static IEnumerable<ClusterPolicyRule> Rule(ClusterPolicyRule rule)
    {
        yield return rule with { Name = null };
        yield return rule with { Protocols = null };
        foreach (EquatableArray<ClusterPolicyPeer> peers in Peers(rule.Peers))
        {
            yield return rule with { Peers = peers };
        }

        foreach (EquatableArray<ClusterPolicyProtocol> protocols in Lists(rule.Protocols ?? default).Where(p => !p.IsEmpty))
        {
            yield return rule with { Protocols = protocols };
        }
    }

    private static IEnumerable<AdminPolicyRule> Rule(AdminPolicyRule rule)
    {
        yield return rule with { Name = null };
        yield return rule with { Ports = null };
        foreach (EquatableArray<ClusterPolicyPeer> peers in Peers(rule.Peers))
        {
            yield return rule with { Peers = peers };
        }

        foreach (EquatableArray<AdminPolicyPort> ports in Lists(rule.Ports ?? default).Where(p => !p.IsEmpty))
        {
            yield return rule with { Ports = ports };
        }
    }

    // A list of peers is never empty.
    private static IEnumerable<EquatableArray<ClusterPolicyPeer>> Peers(EquatableArray<ClusterPolicyPeer>? peers) =>
        Optional(peers, Peer).OfType<EquatableArray<ClusterPolicyPeer>>().Where(p => !p.IsEmpty);

    private static IEnumerable<ClusterPolicyPeer> Peer(ClusterPolicyPeer peer)
    {
        foreach (LabelSelectorSpec selector in Selector(peer.Namespaces).OfType<LabelSelectorSpec>())
        {
            yield return peer with { Namespaces = selector };
        }

        foreach (LabelSelectorSpec selector in Selector(peer.Nodes).OfType<LabelSelectorSpec>())
        {
            yield return peer with { Nodes = selector };
        }

        foreach (NamespacedPodSelector pods in Pods(peer.Pods))
        {
            yield return peer with { Pods = pods };
        }

        foreach (EquatableArray<string> networks in Lists(peer.Networks ?? default).Where(n => !n.IsEmpty))
        {
            yield return peer with { Networks = networks };
        }

        foreach (EquatableArray<string> names in Lists(peer.DomainNames ?? default).Where(n => !n.IsEmpty))
        {
            yield return peer with { DomainNames = names };
        }
    }
}
