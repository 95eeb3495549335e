using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Validation;

/// <summary>
/// Limits of Calico's kinds that a staged Kubernetes policy reaches once it is converted (Calico specification §1.4, §6.1): lengths of selectors,
/// numbers of rules, ports and networks. All else that makes a conversion fail is an error of the Kubernetes kind already.
/// </summary>
internal static class ConvertedPolicyRules
{
    private const int MaxRules = 1024;
    private const int MaxSelector = 1024;
    private const int MaxPorts = 50;
    private const int MaxNets = 256;
    private const string Conjunction = " && ";
    private const string PodsOnly = "projectcalico.org/orchestrator == 'k8s'";

    public static void Check(NetworkPolicySpec? spec, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec");
        CheckSelector(spec?.PodSelector, PodsOnly.Length, path.Child("podSelector"), context);
        CheckRules(spec?.Ingress ?? [], path.Child("ingress"), "from", context);
        CheckRules(spec?.Egress ?? [], path.Child("egress"), "to", context);
    }

    private static void CheckRules(EquatableArray<NetworkPolicyRule> rules, FieldPath path, string peersField, ValidationContext context)
    {
        int converted = 0;
        for (int i = 0; i < rules.Count; i++)
        {
            EquatableArray<NetworkPolicyPeer> peers = rules[i].Peers ?? [];
            converted += CheckPorts(rules[i].Ports ?? [], path.At(i).Child("ports"), context) * Math.Max(1, peers.Count);
            for (int j = 0; j < peers.Count; j++)
            {
                FieldPath peer = path.At(i).Child(peersField).At(j);
                CheckSelector(peers[j].PodSelector, PodsOnly.Length, peer.Child("podSelector"), context);
                CheckSelector(peers[j].NamespaceSelector, 0, peer.Child("namespaceSelector"), context);
                EquatableArray<string> except = peers[j].IpBlock?.Except ?? [];
                ListRules.CheckCount(except.Count, MaxNets, peer.Child("ipBlock").Child("except"), "networks", context);
                ListRules.CheckUnique(except, peer.Child("ipBlock").Child("except"), context);
            }
        }

        if (converted > MaxRules)
        {
            context.Add(Findings.TooManyItems, path, Cause.TooMany, $"rules become {converted} Calico rules, one for each protocol and peer, expected at most {MaxRules}");
        }
    }

    /// <summary>Each protocol gets a rule of its own. Returns how many there are.</summary>
    private static int CheckPorts(EquatableArray<NetworkPolicyPort> ports, FieldPath path, ValidationContext context)
    {
        int groups = 0;
        foreach (IGrouping<string, NetworkPolicyPort> group in ports.GroupBy(port => port.Protocol ?? "TCP", StringComparer.Ordinal))
        {
            groups++;
            int count = group.Any(port => port.Port is null) ? 0 : CountConverted(group);
            ListRules.CheckCount(count, MaxPorts, path, $"ports and ranges of {group.Key}", context);
        }

        return Math.Max(1, groups);
    }

    /// <summary>Names, and ranges after those that meet have become one.</summary>
    private static int CountConverted(IEnumerable<NetworkPolicyPort> ports)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        List<(int First, int Last)> numbers = [];
        foreach (NetworkPolicyPort port in ports)
        {
            if (port.Port is { IsNumber: true, Number: int first })
            {
                numbers.Add((first, Math.Max(first, port.EndPort ?? first)));
            }
            else
            {
                names.Add(port.Port?.Text ?? "");
            }
        }

        int ranges = 0, end = int.MinValue;
        foreach ((int first, int last) in numbers.Order())
        {
            ranges += ranges == 0 || first > end + 1 ? 1 : 0;
            end = Math.Max(end, last);
        }

        return names.Count + ranges;
    }

    private static void CheckSelector(LabelSelectorSpec? selector, int prefix, FieldPath path, ValidationContext context)
    {
        if (selector is null)
        {
            return;
        }

        int length = prefix;
        foreach ((string key, string value) in selector.MatchLabels ?? default)
        {
            Join($"{key} == '{value}'".Length);
        }

        foreach (LabelRequirement requirement in selector.MatchExpressions ?? default)
        {
            string key = requirement.Key ?? "", values = string.Join("', '", requirement.Values ?? []);
            Join(requirement.Operator switch
            {
                "In" => $"{key} in {{ '{values}' }}".Length,
                "NotIn" => $"{key} not in {{ '{values}' }}".Length,
                "Exists" => $"has({key})".Length,
                _ => $"! has({key})".Length,
            });
        }

        if (length > MaxSelector)
        {
            context.Add(Findings.SelectorTooLong, path, Cause.TooLong, $"label selector becomes a Calico selector of {length} characters, expected at most {MaxSelector}");
        }

        void Join(int term) => length += (length == 0 ? 0 : Conjunction.Length) + term;
    }
}
