using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Dsl;

/// <summary>
/// Documents in one spelling: what they leave to the defaults of the API is written out, what is written in several ways is written in one.
/// Two documents that are the same in this spelling mean the same by their specifications.
/// </summary>
internal static class Spelling
{
    private static readonly EquatableArray<string> s_ingress = ["Ingress"];
    private static readonly EquatableArray<string> s_egress = ["Egress"];
    private static readonly EquatableArray<string> s_both = ["Ingress", "Egress"];

    /// <summary>The document in its one spelling.</summary>
    public static Manifest Of(Manifest document)
    {
        Manifest named = document with
        {
            Metadata = document.Metadata with
            {
                Namespace = document.EffectiveNamespace,
                Labels = Some(document.Metadata.Labels),
                Annotations = Some(document.Metadata.Annotations),
            },
        };
        return named switch
        {
            NetworkPolicyManifest policy => policy with { Spec = Of(policy.Spec ?? new NetworkPolicySpec()) },
            StagedKubernetesNetworkPolicyManifest policy => policy with { Spec = Of(policy.Spec ?? new NetworkPolicySpec()), StagedAction = policy.StagedAction ?? "Set" },
            CalicoPolicyManifest policy => policy with { Spec = Of(policy.Spec ?? new CalicoPolicySpec(), policy) },
            ClusterNetworkPolicyManifest { Spec: { } spec } policy => policy with { Spec = Of(spec) },
            TierManifest { DefaultAction: "Deny" } tier => tier with { DefaultAction = null },
            GlobalNetworkSetManifest set => set with { Nets = Some(set.Nets) },
            NetworkSetManifest set => set with { Nets = Some(set.Nets) },
            HostEndpointManifest { Spec: { } spec } host => host with
            {
                Spec = spec with { ExpectedIPs = Some(spec.ExpectedIPs), Profiles = Some(spec.Profiles), Ports = Some(spec.Ports), InterfaceName = Text(spec.InterfaceName) },
            },
            _ => named,
        };
    }

    /// <summary>The types of a Kubernetes policy that names none (Kubernetes specification, defaulting of <c>policyTypes</c>).</summary>
    public static EquatableArray<string> TypesOf(NetworkPolicySpec spec) => spec.Egress is { IsEmpty: false } ? s_both : s_ingress;

    /// <summary>The types of a Calico policy that names none (Calico specification §1.6).</summary>
    public static EquatableArray<string> TypesOf(CalicoPolicySpec spec) =>
        spec.Egress is not { IsEmpty: false } ? s_ingress : spec.Ingress is not { IsEmpty: false } ? s_egress : s_both;

    private static NetworkPolicySpec Of(NetworkPolicySpec spec) => new()
    {
        PodSelector = Of(spec.PodSelector ?? new LabelSelectorSpec()),
        PolicyTypes = InOrder(spec.PolicyTypes is { IsEmpty: false } types ? types : TypesOf(spec)),
        Ingress = Some(spec.Ingress)?.Select(Of).ToEquatableArray(),
        Egress = Some(spec.Egress)?.Select(Of).ToEquatableArray(),
    };

    private static NetworkPolicyRule Of(NetworkPolicyRule rule) => new()
    {
        Peers = Some(rule.Peers)?.Select(Of).Distinct().ToEquatableArray(),
        Ports = Some(rule.Ports)?.Select(Of).Distinct().ToEquatableArray(),
    };

    private static NetworkPolicyPeer Of(NetworkPolicyPeer peer) => new()
    {
        IpBlock = peer.IpBlock is { } block ? block with { Except = Some(block.Except) } : null,
        NamespaceSelector = peer.NamespaceSelector is { } namespaces ? Of(namespaces) : null,
        PodSelector = peer.PodSelector is not { } pods || (peer.NamespaceSelector is not null && Of(pods) == new LabelSelectorSpec()) ? null : Of(pods),
    };

    private static LabelSelectorSpec Of(LabelSelectorSpec selector) => new()
    {
        MatchLabels = Some(selector.MatchLabels),
        MatchExpressions = Some(selector.MatchExpressions)?.Select(r => r with { Values = Some(r.Values) }).Distinct().ToEquatableArray(),
    };

    private static NetworkPolicyPort Of(NetworkPolicyPort port) => port with
    {
        Protocol = port.Protocol ?? "TCP",
        EndPort = port is { Port: { IsNumber: true, Number: var first }, EndPort: { } last } && first == last ? null : port.EndPort,
    };

    private static CalicoPolicySpec Of(CalicoPolicySpec spec, CalicoPolicyManifest policy) => spec with
    {
        Selector = SubjectOf(spec, policy),
        NamespaceSelector = Canonical(Text(spec.NamespaceSelector)),
        ServiceAccountSelector = Canonical(Text(spec.ServiceAccountSelector)),
        Tier = Text(spec.Tier),
        Types = InOrder(spec.Types is { IsEmpty: false } types ? types : TypesOf(spec)),
        Ingress = Some(spec.Ingress)?.Select(r => Of(r, policy.EffectiveNamespace)).ToEquatableArray(),
        Egress = Some(spec.Egress)?.Select(r => Of(r, policy.EffectiveNamespace)).ToEquatableArray(),
        ApplyOnForward = spec.ApplyOnForward == true ? true : null,
        PreDnat = spec.PreDnat == true ? true : null,
        DoNotTrack = spec.DoNotTrack == true ? true : null,
        PerformanceHints = Some(spec.PerformanceHints),
        StagedAction = policy.IsStaged ? spec.StagedAction ?? "Set" : spec.StagedAction,
    };

    // No selector selects everything; where another selector stands beside it, that is said by leaving it out.
    private static string? SubjectOf(CalicoPolicySpec spec, CalicoPolicyManifest policy)
    {
        string selector = Canonical(spec.Selector ?? "")!;
        return selector == "all()" && (Text(spec.ServiceAccountSelector) is not null || (policy.IsGlobal && Text(spec.NamespaceSelector) is not null)) ? null : selector;
    }

    private static CalicoRule Of(CalicoRule rule, string? home) => rule with
    {
        Source = Of(rule.Source, home),
        Destination = Of(rule.Destination, home),
        Annotations = Some(rule.Annotations),
        Http = rule.Http is { } http ? http with { Methods = Some(http.Methods), Paths = Some(http.Paths) } : null,
        Icmp = rule.Icmp == new IcmpMatch() ? null : rule.Icmp,
        NotIcmp = rule.NotIcmp == new IcmpMatch() ? null : rule.NotIcmp,
    };

    private static EntityRule? Of(EntityRule? entity, string? home)
    {
        if (entity is null)
        {
            return null;
        }

        EntityRule one = entity with
        {
            Nets = Some(entity.Nets),
            NotNets = Some(entity.NotNets),
            Ports = Some(entity.Ports),
            NotPorts = Some(entity.NotPorts),
            Selector = Canonical(Text(entity.Selector)),
            NotSelector = Canonical(Text(entity.NotSelector)),
            NamespaceSelector = Canonical(Text(entity.NamespaceSelector)),
            Services = entity.Services is { } service ? service with { Namespace = Text(service.Namespace) ?? home } : null,
            ServiceAccounts = entity.ServiceAccounts is { } accounts ? accounts with { Names = Some(accounts.Names), Selector = Canonical(Text(accounts.Selector)) } : null,
        };
        one = one is { Selector: "all()", NamespaceSelector: not null } ? one with { Selector = null } : one;
        return one == new EntityRule() ? null : one;
    }

    private static ClusterNetworkPolicySpec Of(ClusterNetworkPolicySpec spec) => spec with
    {
        Subject = spec.Subject is { } subject && PodsOf(subject.Namespaces, subject.Pods) is var (namespaces, pods)
            ? new ClusterPolicySubject { Namespaces = namespaces, Pods = pods }
            : null,
        Ingress = Some(spec.Ingress)?.Select(Of).ToEquatableArray(),
        Egress = Some(spec.Egress)?.Select(Of).ToEquatableArray(),
    };

    private static ClusterPolicyRule Of(ClusterPolicyRule rule) => rule with
    {
        Peers = rule.Peers?.Select(Of).Distinct().ToEquatableArray(),
        Protocols = rule.Protocols?.Distinct().ToEquatableArray(),
    };

    private static ClusterPolicyPeer Of(ClusterPolicyPeer peer)
    {
        (LabelSelectorSpec? namespaces, NamespacedPodSelector? pods) = PodsOf(peer.Namespaces, peer.Pods);
        return peer with { Namespaces = namespaces, Pods = pods, Nodes = peer.Nodes is { } nodes ? Of(nodes) : null };
    }

    // Without a condition on pods, and without one on namespaces, there are shorter ways to say the same.
    private static (LabelSelectorSpec? Namespaces, NamespacedPodSelector? Pods) PodsOf(LabelSelectorSpec? namespaces, NamespacedPodSelector? pods)
    {
        if (pods is not { PodSelector: { } some })
        {
            return (namespaces is null ? null : Of(namespaces), pods);
        }

        LabelSelectorSpec scope = Of(pods.NamespaceSelector ?? new LabelSelectorSpec());
        return namespaces is null && Of(some) == new LabelSelectorSpec()
            ? (scope, null)
            : (namespaces is null ? null : Of(namespaces), new NamespacedPodSelector { NamespaceSelector = scope, PodSelector = Of(some) });
    }

    private static string? Canonical(string? selector) =>
        selector is not null && NetPolicy.Labels.Selector.TryParse(selector, out NetPolicy.Labels.Selector? parsed, out _) ? parsed.ToString() : selector;

    private static EquatableArray<string> InOrder(EquatableArray<string> types) => types.Distinct().OrderDescending(StringComparer.Ordinal).ToEquatableArray();

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static EquatableArray<T>? Some<T>(EquatableArray<T>? items) => items is { IsEmpty: false } ? items : null;

    private static EquatableMap<T>? Some<T>(EquatableMap<T>? map) => map is { IsEmpty: false } ? map : null;
}
