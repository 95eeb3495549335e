using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Ports;

namespace NetPolicy.Policies.Normalization;

/// <summary>ClusterNetworkPolicy v1alpha2 in the common model (cluster policy specification §2.4, §5).</summary>
internal static class ClusterPolicyNormalizer
{
    public static Policy Normalize(ClusterNetworkPolicyManifest source)
    {
        ClusterNetworkPolicySpec spec = source.Spec ?? new ClusterNetworkPolicySpec();
        PolicyApiNormalizer rules = new(source, spec.Subject, isUnderstood: spec.Tier is "Admin" or "Baseline");
        return new Policy(source)
        {
            Tier = spec.Tier == "Baseline" ? Tier.KubeBaseline.Name : Tier.KubeAdmin.Name,
            Order = spec.Priority,
            IsStaged = false,
            IsKubernetes = false,
            IsCluster = true,
            OrderingKind = "KubernetesClusterNetworkPolicy",
            Subject = rules.Subject,
            TakesIngress = spec.Ingress is { IsEmpty: false },
            TakesEgress = spec.Egress is { IsEmpty: false },
            Ingress = Rules(rules, Direction.Ingress, spec.Ingress ?? default),
            Egress = Rules(rules, Direction.Egress, spec.Egress ?? default),
        };
    }

    private static Rule[] Rules(PolicyApiNormalizer normalizer, Direction direction, EquatableArray<ClusterPolicyRule> rules) =>
        [.. rules.Select((rule, i) => normalizer.ToRule(direction, i, rule.Name, ToAction(rule.Action), rule.Peers, ToPorts(rule.Protocols)))];

    private static RuleAction? ToAction(string? action) => action switch
    {
        "Accept" => RuleAction.Allow,
        "Deny" => RuleAction.Deny,
        "Pass" => RuleAction.Pass,
        _ => null,
    };

    private static PortForm[]? ToPorts(EquatableArray<ClusterPolicyProtocol>? protocols)
    {
        if (protocols is not { } entries)
        {
            return [PortForm.Anything];
        }

        List<PortForm> forms = [];
        foreach (ClusterPolicyProtocol entry in entries)
        {
            if (!TryRead(entry, out PortForm form))
            {
                return null;
            }

            forms.Add(form);
        }

        return forms.Count == 0 ? null : [.. forms];
    }

    private static bool TryRead(ClusterPolicyProtocol entry, out PortForm form)
    {
        form = default;
        switch (entry)
        {
            case { Tcp: { } match, Udp: null, Sctp: null, DestinationNamedPort: null }:
                return TryRead(Protocol.Tcp, match, out form);
            case { Tcp: null, Udp: { } match, Sctp: null, DestinationNamedPort: null }:
                return TryRead(Protocol.Udp, match, out form);
            case { Tcp: null, Udp: null, Sctp: { } match, DestinationNamedPort: null }:
                return TryRead(Protocol.Sctp, match, out form);
            case { Tcp: null, Udp: null, Sctp: null, DestinationNamedPort: { } name }:
                form = PortForm.Named(name);
                return true;
            default:
                return false;
        }
    }

    // §2.4: without a destination port every port of the protocol.
    private static bool TryRead(Protocol protocol, DestinationPortMatch match, out PortForm form)
    {
        form = new PortForm(protocol, null);
        return match.DestinationPort switch
        {
            null => true,
            { Number: { } number, Range: null } => PortForm.TryRange(protocol, number, number, out form),
            { Number: null, Range: { } range } => PortForm.TryRange(protocol, range.Start, range.End, out form),
            _ => false,
        };
    }
}
