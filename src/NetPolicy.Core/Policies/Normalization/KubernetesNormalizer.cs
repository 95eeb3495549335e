using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Ports;

namespace NetPolicy.Policies.Normalization;

/// <summary>
/// Kubernetes NetworkPolicy in the common model: tier <c>default</c>, order 1000, every rule an Allow (Kubernetes specification §1, §3, §5).
/// What cannot be read never allows: an unreadable peer or port matches nothing, an unreadable subject selects every pod.
/// </summary>
internal static class KubernetesNormalizer
{
    private const double Order = 1000;

    public static Policy Normalize(Manifest source, NetworkPolicySpec? spec, bool staged)
    {
        spec ??= new NetworkPolicySpec();
        string @namespace = source.EffectiveNamespace ?? "default";
        (bool ingress, bool egress) = Types(spec);
        return new Policy(source)
        {
            Tier = Tier.Default.Name,
            Order = Order,
            IsStaged = staged,
            IsKubernetes = true,
            OrderingKind = staged ? "StagedKubernetesNetworkPolicy" : "KubernetesNetworkPolicy",
            Subject = new KubernetesPods(@namespace, null, ToSelector(spec.PodSelector, unreadable: Selector.All)),
            TakesIngress = ingress,
            TakesEgress = egress,
            Ingress = ingress ? Rules(source, @namespace, Direction.Ingress, spec.Ingress ?? default) : [],
            Egress = egress ? Rules(source, @namespace, Direction.Egress, spec.Egress ?? default) : [],
        };
    }

    /// <summary>A label selector in Calico's syntax tree; null selects everything. Unknown operators give <paramref name="unreadable"/>.</summary>
    public static Selector ToSelector(LabelSelectorSpec? spec, Selector unreadable)
    {
        List<Selector> terms = [];
        foreach ((string key, string value) in spec?.MatchLabels ?? default)
        {
            terms.Add(Selector.Is(key, value));
        }

        foreach (LabelRequirement requirement in spec?.MatchExpressions ?? default)
        {
            string key = requirement.Key ?? "";
            IEnumerable<string> values = (requirement.Values ?? default).AsEnumerable();
            Selector? term = requirement.Operator switch
            {
                "In" => Selector.In(key, values),
                "NotIn" => Selector.NotIn(key, values),
                "Exists" => Selector.Has(key),
                "DoesNotExist" => Selector.Not(Selector.Has(key)),
                _ => null,
            };
            if (term is null)
            {
                return unreadable;
            }

            terms.Add(term);
        }

        return terms.Count == 0 ? Selector.All : Selector.And([.. terms]);
    }

    // §3. The staged kind is defaulted alike: egress alone takes over both directions (Calico specification §1.4).
    private static (bool Ingress, bool Egress) Types(NetworkPolicySpec spec)
    {
        if (spec.PolicyTypes is { IsEmpty: false } types)
        {
            return (types.Contains("Ingress"), types.Contains("Egress"));
        }

        return (true, spec.Egress is { IsEmpty: false });
    }

    private static Rule[] Rules(Manifest source, string @namespace, Direction direction, EquatableArray<NetworkPolicyRule> rules)
    {
        Rule[] normalized = new Rule[rules.Count];
        for (int i = 0; i < rules.Count; i++)
        {
            normalized[i] = new Rule(source, direction, i, RuleAction.Allow, Alternatives(@namespace, direction, rules[i]));
        }

        return normalized;
    }

    private static RuleMatch[] Alternatives(string @namespace, Direction direction, NetworkPolicyRule rule)
    {
        IEnumerable<EndMatch?> peers = rule.Peers is { IsEmpty: false } list
            ? list.Select(peer => ToEnd(@namespace, peer))
            : [EndMatch.Anything];
        List<RuleMatch> alternatives = [];
        foreach (EndMatch? peer in peers)
        {
            if (rule.Ports is not { IsEmpty: false } ports)
            {
                alternatives.Add(Combine(direction, peer, null, null));
                continue;
            }

            foreach (NetworkPolicyPort port in ports)
            {
                alternatives.Add(TryReadPort(port, out Protocol protocol, out PortMatch? match)
                    ? Combine(direction, peer, protocol, match)
                    : RuleMatch.Nothing);
            }
        }

        return [.. alternatives];
    }

    // Ports always mean the destination's (§5.1).
    private static RuleMatch Combine(Direction direction, EndMatch? peer, Protocol? protocol, PortMatch? ports)
    {
        if (peer is null)
        {
            return RuleMatch.Nothing;
        }

        EndMatch source = direction == Direction.Ingress ? peer : EndMatch.Anything;
        EndMatch destination = direction == Direction.Ingress ? EndMatch.Anything : peer;
        return ports is null
            ? new RuleMatch { Protocol = protocol, Source = source, Destination = destination }
            : new RuleMatch { Protocol = protocol, Source = source, Destination = destination with { Ports = ports } };
    }

    // §5.2, §5.3. Null for a peer that cannot be read or has no field.
    private static EndMatch? ToEnd(string @namespace, NetworkPolicyPeer peer)
    {
        if (peer.IpBlock is { } block)
        {
            return peer.PodSelector is null && peer.NamespaceSelector is null ? ToEnd(block) : null;
        }

        if (peer.PodSelector is null && peer.NamespaceSelector is null)
        {
            return null;
        }

        Selector pods = ToSelector(peer.PodSelector, Selector.Nothing);
        return new EndMatch
        {
            Selector = peer.NamespaceSelector is { } namespaces
                ? new KubernetesPods(null, ToSelector(namespaces, Selector.Nothing), pods)
                : new KubernetesPods(@namespace, null, pods),
        };
    }

    private static EndMatch? ToEnd(IpBlockSpec block)
    {
        if (!TryReadCidr(block.Cidr, out IpPrefix cidr))
        {
            return null;
        }

        List<IpPrefix> except = [];
        foreach (string text in block.Except ?? default)
        {
            if (!TryReadCidr(text, out IpPrefix excepted))
            {
                return null;
            }

            except.Add(excepted);
        }

        return new EndMatch { Nets = [cidr], NotNets = except.Count == 0 ? null : [.. except] };
    }

    private static bool TryReadCidr(string? text, out IpPrefix prefix)
    {
        prefix = default;
        return text is not null && IpPrefix.Read(text, IpLeniency.Lenient, out prefix) is not (CidrFault.NoLength or CidrFault.NotCidr);
    }

    // §3, §5.4.
    private static bool TryReadPort(NetworkPolicyPort port, out Protocol protocol, out PortMatch? match)
    {
        match = null;
        protocol = port.Protocol switch
        {
            null or "TCP" => Protocol.Tcp,
            "UDP" => Protocol.Udp,
            "SCTP" => Protocol.Sctp,
            _ => default,
        };
        if (protocol == default || (port.EndPort is not null && port.Port is not { IsNumber: true }))
        {
            return false;
        }

        if (port.Port is not { } value)
        {
            return true;
        }

        if (!value.IsNumber)
        {
            match = new PortMatch(PortSet.Empty, [value.Text!], CountsInitContainers: false);
            return true;
        }

        int last = port.EndPort ?? value.Number;
        if (value.Number is < 1 or > 65535 || last < value.Number || last > 65535)
        {
            return false;
        }

        match = new PortMatch(PortSet.Of([new PortRange((ushort)value.Number, (ushort)last)]), [], CountsInitContainers: false);
        return true;
    }
}
