using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Ports;

namespace NetPolicy.Policies.Normalization;

/// <summary>AdminNetworkPolicy and BaselineAdminNetworkPolicy v1alpha1 in the common model (cluster policy specification §2.3, §3, §4).</summary>
internal static class AdminPolicyNormalizer
{
    public static Policy Normalize(AdminNetworkPolicyManifest source) => Normalize(source, source.Spec ?? new AdminNetworkPolicySpec(), isBaseline: false);

    /// <summary>The baseline has no priority and comes after all that have one.</summary>
    public static Policy Normalize(BaselineAdminNetworkPolicyManifest source) =>
        Normalize(source, (source.Spec ?? new AdminNetworkPolicySpec()) with { Priority = null }, isBaseline: true);

    private static Policy Normalize(Manifest source, AdminNetworkPolicySpec spec, bool isBaseline)
    {
        PolicyApiNormalizer rules = new(source, spec.Subject, isUnderstood: true) { HasDomainNames = !isBaseline };
        return new Policy(source)
        {
            Tier = isBaseline ? Tier.KubeBaseline.Name : Tier.KubeAdmin.Name,
            Order = spec.Priority,
            IsStaged = false,
            IsKubernetes = false,
            IsCluster = true,
            OrderingKind = isBaseline ? "KubernetesBaselineAdminNetworkPolicy" : "KubernetesAdminNetworkPolicy",
            Subject = rules.Subject,
            TakesIngress = spec.Ingress is { IsEmpty: false },
            TakesEgress = spec.Egress is { IsEmpty: false },
            Ingress = Rules(rules, Direction.Ingress, spec.Ingress ?? default, isBaseline),
            Egress = Rules(rules, Direction.Egress, spec.Egress ?? default, isBaseline),
        };
    }

    private static Rule[] Rules(PolicyApiNormalizer normalizer, Direction direction, EquatableArray<AdminPolicyRule> rules, bool isBaseline) =>
        [.. rules.Select((rule, i) => normalizer.ToRule(direction, i, rule.Name, ToAction(rule.Action, isBaseline), rule.Peers, ToPorts(rule.Ports)))];

    private static RuleAction? ToAction(string? action, bool isBaseline) => action switch
    {
        "Allow" => RuleAction.Allow,
        "Deny" => RuleAction.Deny,
        "Pass" when !isBaseline => RuleAction.Pass,
        _ => null,
    };

    private static PortForm[]? ToPorts(EquatableArray<AdminPolicyPort>? ports)
    {
        if (ports is not { } entries)
        {
            return [PortForm.Anything];
        }

        List<PortForm> forms = [];
        foreach (AdminPolicyPort entry in entries)
        {
            if (!TryRead(entry, out PortForm form))
            {
                return null;
            }

            forms.Add(form);
        }

        return forms.Count == 0 ? null : [.. forms];
    }

    private static bool TryRead(AdminPolicyPort entry, out PortForm form)
    {
        form = default;
        switch (entry)
        {
            case { PortNumber: { } number, PortRange: null, NamedPort: null }:
                return TryProtocol(number.Protocol, out Protocol protocol) && PortForm.TryRange(protocol, number.Port, number.Port, out form);
            case { PortNumber: null, PortRange: { } range, NamedPort: null }:
                return TryProtocol(range.Protocol, out Protocol ofRange) && PortForm.TryRange(ofRange, range.Start, range.End, out form);
            case { PortNumber: null, PortRange: null, NamedPort: { } name }:
                form = PortForm.Named(name);
                return true;
            default:
                return false;
        }
    }

    private static bool TryProtocol(string? text, out Protocol protocol)
    {
        protocol = text switch
        {
            null or "TCP" => Protocol.Tcp,
            "UDP" => Protocol.Udp,
            "SCTP" => Protocol.Sctp,
            _ => default,
        };
        return protocol != default;
    }
}
