using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Validation;

/// <summary>The <c>spec</c> of a Kubernetes NetworkPolicy (Kubernetes specification §2.1 rules 14, 15, 27 and 28).</summary>
internal static class NetworkPolicyRules
{
    public static void Check(NetworkPolicySpec? spec, ValidationContext context)
    {
        if (spec is null)
        {
            return;
        }

        FieldPath path = FieldPath.Of("spec");
        LabelSelectorRules.Check(spec.PodSelector ?? new LabelSelectorSpec(), path.Child("podSelector"), context);
        CheckRules(spec.Ingress ?? [], path.Child("ingress"), "from", context);
        CheckRules(spec.Egress ?? [], path.Child("egress"), "to", context);
        CheckTypes(spec.PolicyTypes ?? [], path.Child("policyTypes"), context);
    }

    private static void CheckRules(EquatableArray<NetworkPolicyRule> rules, FieldPath path, string peersField, ValidationContext context)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            EquatableArray<NetworkPolicyPort> ports = rules[i].Ports ?? [];
            for (int j = 0; j < ports.Count; j++)
            {
                NetworkPolicyPortRules.Check(ports[j], path.At(i).Child("ports").At(j), context);
            }

            EquatableArray<NetworkPolicyPeer> peers = rules[i].Peers ?? [];
            for (int j = 0; j < peers.Count; j++)
            {
                CheckPeer(peers[j], path.At(i).Child(peersField).At(j), context);
            }
        }
    }

    private static void CheckPeer(NetworkPolicyPeer peer, FieldPath path, ValidationContext context)
    {
        if (peer.PodSelector is { } pods)
        {
            LabelSelectorRules.Check(pods, path.Child("podSelector"), context);
        }

        if (peer.NamespaceSelector is { } namespaces)
        {
            LabelSelectorRules.Check(namespaces, path.Child("namespaceSelector"), context);
        }

        if (peer.IpBlock is { } block)
        {
            IpBlockRules.Check(block, path.Child("ipBlock"), context);
        }

        bool hasSelector = peer.PodSelector is not null || peer.NamespaceSelector is not null;
        if (!hasSelector && peer.IpBlock is null)
        {
            context.Add(Findings.PeerRequired, path, Cause.Required, "peer is empty, expected `podSelector`, `namespaceSelector` or `ipBlock`");
        }
        else if (hasSelector && peer.IpBlock is not null)
        {
            context.Add(Findings.PeerMixed, path, Cause.Forbidden, "peer has `ipBlock` and a selector, expected one or the other");
        }
    }

    private static void CheckTypes(EquatableArray<string> types, FieldPath path, ValidationContext context)
    {
        if (types.Count > 2)
        {
            context.Add(Findings.TooManyPolicyTypes, path, Cause.Invalid, $"found {types.Count} policy types, expected at most `Ingress` and `Egress`");
            return;
        }

        for (int i = 0; i < types.Count; i++)
        {
            if (types[i] is not ("Ingress" or "Egress"))
            {
                context.Add(Findings.InvalidPolicyType, path.At(i), Cause.NotSupported, $"policy type `{types[i]}` is unknown, expected `Ingress` or `Egress`");
            }
        }
    }
}
