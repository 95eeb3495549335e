using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Laws.Shrinking;

/// <content>Calico's documents.</content>
internal static partial class ManifestShrinker
{
    private static IEnumerable<CalicoPolicySpec> Spec(CalicoPolicySpec spec)
    {
        foreach (EquatableArray<CalicoRule>? rules in Optional(spec.Ingress, Rule))
        {
            yield return spec with { Ingress = rules };
        }

        foreach (EquatableArray<CalicoRule>? rules in Optional(spec.Egress, Rule))
        {
            yield return spec with { Egress = rules };
        }

        yield return spec with { Types = null };
        yield return spec with { Tier = null };
        yield return spec with { Order = null };
        yield return spec with { PerformanceHints = null };
        yield return spec with { ServiceAccountSelector = null };
        yield return spec with { NamespaceSelector = null };
        yield return spec with { Selector = null };
        yield return spec with { DoNotTrack = null };
        yield return spec with { PreDnat = null };
        if (spec.DoNotTrack != true && spec.PreDnat != true)
        {
            yield return spec with { ApplyOnForward = null };
        }

        foreach (string part in Parts(spec.Selector))
        {
            yield return spec with { Selector = part };
        }
    }

    private static IEnumerable<CalicoRule> Rule(CalicoRule rule)
    {
        foreach (EntityRule? source in Entity(rule.Source))
        {
            yield return rule with { Source = source };
        }

        foreach (EntityRule? destination in Entity(rule.Destination))
        {
            yield return rule with { Destination = destination };
        }

        yield return rule with { Http = null };
        yield return rule with { NotIcmp = null };
        yield return rule with { Icmp = null };
        yield return rule with { NotProtocol = null };
        yield return rule with { IpVersion = null };
        yield return rule with { Annotations = null };
        if (rule.Icmp?.Code is not null)
        {
            yield return rule with { Icmp = rule.Icmp with { Code = null } };
        }

        if (rule.Icmp is null && !HasPorts(rule.Source) && !HasPorts(rule.Destination))
        {
            yield return rule with { Protocol = null };
        }
    }

    private static bool HasPorts(EntityRule? entity) => entity is { Ports: not null } or { NotPorts: not null };

    private static IEnumerable<EntityRule?> Entity(EntityRule? entity)
    {
        if (entity is null)
        {
            yield break;
        }

        yield return null;
        foreach (EquatableArray<string>? nets in Optional(entity.Nets, _ => []))
        {
            yield return entity with { Nets = nets };
        }

        foreach (EquatableArray<string>? nets in Optional(entity.NotNets, _ => []))
        {
            yield return entity with { NotNets = nets };
        }

        foreach (EquatableArray<IntOrString>? ports in Optional(entity.Ports, _ => []))
        {
            yield return entity with { Ports = ports };
        }

        foreach (EquatableArray<IntOrString>? ports in Optional(entity.NotPorts, _ => []))
        {
            yield return entity with { NotPorts = ports };
        }

        yield return entity with { Services = null };
        yield return entity with { ServiceAccounts = null };
        yield return entity with { NamespaceSelector = null };
        yield return entity with { NotSelector = null };
        yield return entity with { Selector = null };
        foreach (string part in Parts(entity.Selector))
        {
            yield return entity with { Selector = part };
        }

        foreach (string part in Parts(entity.NotSelector))
        {
            yield return entity with { NotSelector = part };
        }

        foreach (string part in Parts(entity.NamespaceSelector))
        {
            yield return entity with { NamespaceSelector = part };
        }
    }

    // The operands of a selector, where they can stand alone.
    private static string[] Parts(string? selector) => selector is null || selector.Contains('(', StringComparison.Ordinal)
        ? []
        : [.. selector.Split(["&&", "||"], StringSplitOptions.TrimEntries).Where(part => part.Length < selector.Length)];

    private static IEnumerable<HostEndpointSpec> Spec(HostEndpointSpec spec)
    {
        yield return spec with { Ports = null };
        yield return spec with { Profiles = null };
        if (spec.InterfaceName is not null)
        {
            yield return spec with { ExpectedIPs = null };
        }

        foreach (EquatableArray<string> addresses in Lists(spec.ExpectedIPs ?? default).Where(a => !a.IsEmpty))
        {
            yield return spec with { ExpectedIPs = addresses };
        }
    }

    private static IEnumerable<WorkloadEndpointSpec> Spec(WorkloadEndpointSpec spec)
    {
        yield return spec with { Ports = null };
        yield return spec with { ServiceAccountName = null };
        foreach (EquatableArray<string> profiles in Lists(spec.Profiles ?? default))
        {
            yield return spec with { Profiles = profiles };
        }

        foreach (EquatableArray<string> networks in Lists(spec.IpNetworks ?? default))
        {
            yield return spec with { IpNetworks = networks };
        }
    }

    private static IEnumerable<FelixConfigurationManifest> Felix(FelixConfigurationManifest felix)
    {
        yield return felix with { DefaultEndpointToHostAction = null };
        foreach (EquatableArray<FailsafePort>? ports in Optional(felix.FailsafeInboundHostPorts, _ => []))
        {
            yield return felix with { FailsafeInboundHostPorts = ports };
        }

        foreach (EquatableArray<FailsafePort>? ports in Optional(felix.FailsafeOutboundHostPorts, _ => []))
        {
            yield return felix with { FailsafeOutboundHostPorts = ports };
        }
    }
}
