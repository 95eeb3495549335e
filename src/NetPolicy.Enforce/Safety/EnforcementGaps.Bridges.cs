using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Observation;

namespace NetPolicy.Enforce.Safety;

/// <content>Bridges with workloads as their ports: what must hold for rules to judge what passes them.</content>
public static partial class EnforcementGaps
{
    private static readonly (string Family, string Setting)[] s_bridgeSettings = [("ip", "bridge-nf-call-iptables"), ("ip6", "bridge-nf-call-ip6tables")];

    private static IEnumerable<EnforcementGap> Bridges(HostFacts host, FilterFacts filters, PodBridge bridge, IEnumerable<LocalWorkload> workloads)
    {
        if (host.Find(bridge.Name) is not { } own || own.Kind != "bridge")
        {
            yield return OfBridge(bridge, host.Find(bridge.Name) is null ? "there is no such interface" : "it is no bridge");
            yield break;
        }

        if (!filters.HasBridgeFilter)
        {
            yield return OfBridge(bridge, "packets between its ports meet no rule: `br_netfilter` is not loaded, expected `modprobe br_netfilter` when the machine starts");
        }
        else
        {
            // Neighbours talk IPv6 from link-local addresses whatever addresses they were given.
            foreach ((string family, string setting) in s_bridgeSettings.Where(s => !filters.BridgedPacketsAreFiltered.Contains(s.Family)))
            {
                yield return OfBridge(bridge, $"packets between its ports meet no rule: `net.bridge.{setting}` is 0, expected 1 ({(family == "ip" ? "IPv4" : "IPv6")})");
            }
        }

        HashSet<string> pinned = [.. workloads.Where(w => w.Bridge == bridge.Name).Select(w => w.Interface)];
        foreach (HostInterface port in host.Interfaces.AsEnumerable().Where(i => i.Master == bridge.Name && i.Kind != "veth" && !pinned.Contains(i.Name)).OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            yield return OfBridge(bridge, $"its port `{port.Name}` is no workload's, so that whatever comes by it is closed as of an unknown workload");
        }
    }

    /// <summary>The bridge that rules know and that the workload is reached by; null for none.</summary>
    private static string? BridgeTo(HostFacts host, LocalWorkload workload, EquatableArray<PodBridge> bridges) =>
        bridges.IsEmpty ? null
        : host.Find(workload.Interface)?.Master is { } master && bridges.AsEnumerable().Any(b => b.Name == master) ? master
        : workload.Addresses.AsEnumerable().Select(host.RouteTo).FirstOrDefault(r => r is { Destination.Length: > 0 } && bridges.AsEnumerable().Any(b => b.Name == r.Interface))?.Interface;

    private static IEnumerable<EnforcementGap> Bridged(HostFacts host, LocalWorkload workload, EquatableArray<PodBridge> bridges)
    {
        if (workload.Bridge is not { } name)
        {
            yield return NotKnown(host, workload, bridges.AsEnumerable().First(b => b.Name == BridgeTo(host, workload, bridges)));
            yield break;
        }

        PodBridge? bridge = bridges.AsEnumerable().FirstOrDefault(b => b.Name == name);
        HostInterface? port = host.Find(workload.Interface);
        if (port is null)
        {
            yield return new EnforcementGap(
                "absent:" + workload.Name, On(Findings.WorkloadAbsent, $"`{workload.Name}` is not here: bridge `{name}` has no port `{workload.Interface}`"));
            yield break;
        }

        if (port.Master != name)
        {
            yield return NotPinned(workload, $"its interface `{port.Name}` is {(port.Master is { } other ? $"a port of `{other}`" : "no port")}, while rules know it as a port of bridge `{name}`");
            yield break;
        }

        BridgePort? known = bridge?.Ports.AsEnumerable().FirstOrDefault(p => p.Name == port.Name);
        foreach (IpAddress address in workload.Addresses.AsEnumerable())
        {
            string[] owners = [.. bridges.AsEnumerable().SelectMany(b => b.Ports).Where(p => p.Addresses.Contains(address)).Select(p => $"`{p.Name}`").Order(StringComparer.Ordinal)];
            if (owners.Length > 1)
            {
                yield return NotPinned(workload, $"{address} is behind ports {string.Join(" and ", owners)}, and stays closed");
            }
            else if (known is not null && !known.Addresses.Contains(address))
            {
                yield return NotPinned(workload, $"{address} is not known to be behind port `{port.Name}` of bridge `{name}`, and stays closed");
            }
            else if (host.RouteTo(address) is not { Destination.Length: > 0 } route || route.Interface != name)
            {
                yield return NotPinned(workload, $"there is no route to {address} by bridge `{name}`");
            }
        }
    }

    // Where it is known of every port who is behind it, a workload behind none is not there yet.
    private static EnforcementGap NotKnown(HostFacts host, LocalWorkload workload, PodBridge bridge)
    {
        Dictionary<string, BridgePort> known = bridge.Ports.AsEnumerable().Where(p => p.Mac.IsUnicast).ToDictionary(p => p.Name, StringComparer.Ordinal);
        bool isClear = host.Interfaces.AsEnumerable().All(i => i.Master != bridge.Name || known.ContainsKey(i.Name));
        return isClear && !bridge.Ports.AsEnumerable().Any(p => p.Addresses.Any(workload.Addresses.Contains))
            ? new EnforcementGap(
                "absent:" + workload.Name,
                On(Findings.WorkloadAbsent, $"`{workload.Name}` is not here: no port of bridge `{bridge.Name}` has {string.Join(" or ", workload.Addresses)}"))
            : NotPinned(workload, WhyNotPinned(workload, bridge));
    }

    private static string WhyNotPinned(LocalWorkload workload, PodBridge bridge)
    {
        BridgePort[] ports = [.. bridge.Ports.AsEnumerable().Where(p => p.Addresses.Any(workload.Addresses.Contains)).OrderBy(p => p.Name, StringComparer.Ordinal)];
        string names = string.Join(" and ", ports.Select(p => $"`{p.Name}`"));
        return ports switch
        {
            [] => $"it is behind bridge `{bridge.Name}`, and no port of it is known to have {string.Join(" or ", workload.Addresses)}",
            [{ Mac.IsUnicast: false }] => $"the link-layer address behind port {names} of bridge `{bridge.Name}` is not known",
            [var port] when BridgedWorkload.SharedMacs(bridge).Contains(port.Mac) => $"{port.Mac} is behind port {names} of bridge `{bridge.Name}` and behind another one",
            [_] => $"its address is behind another bridge too, or port {names} of bridge `{bridge.Name}` has two workloads",
            _ => $"its addresses are behind ports {names} of bridge `{bridge.Name}`, expected one port",
        };
    }

    private static EnforcementGap NotPinned(LocalWorkload workload, string why) =>
        Gap("pod:" + workload.Name, Findings.BridgedWorkloadNotEnforced, $"policy of `{workload.Name}` is not enforced: {why}");

    private static EnforcementGap OfBridge(PodBridge bridge, string why) => Gap("bridge:" + bridge.Name, Findings.BridgeAvoidsRules, $"bridge `{bridge.Name}`: {why}");
}
