using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Bridges;

/// <summary>A workload of the node behind a port of a bridge.</summary>
/// <param name="Endpoint">The workload.</param>
/// <param name="Bridge">The bridge.</param>
/// <param name="Port">The port.</param>
/// <param name="Addresses">Those of its addresses that are behind the port, and behind no other.</param>
/// <param name="LinkLocals">Its link-local addresses: the one that follows from the link-layer address, and others that only this port has.</param>
internal sealed record BridgedWorkload(Endpoint Endpoint, PodBridge Bridge, BridgePort Port, EquatableArray<IpAddress> Addresses, EquatableArray<IpAddress> LinkLocals)
{
    private static readonly IpPrefix s_linkLocal = IpPrefix.Parse("fe80::/10");

    /// <summary>Finds workloads behind ports. Ports whose link-layer address is unknown or is another port's too, and addresses behind two ports, find nobody.</summary>
    /// <param name="endpoints">Workloads of the node.</param>
    /// <param name="bridges">The node's bridges.</param>
    /// <returns>Each workload at most once, by its name.</returns>
    public static Dictionary<Endpoint, BridgedWorkload> Find(IEnumerable<Endpoint> endpoints, EquatableArray<PodBridge> bridges)
    {
        Dictionary<Endpoint, BridgedWorkload> found = [];
        Dictionary<IpAddress, (PodBridge Bridge, BridgePort Port)?> owners = [];
        foreach (PodBridge bridge in bridges)
        {
            HashSet<MacAddress> shared = SharedMacs(bridge);
            foreach (BridgePort port in bridge.Ports.AsEnumerable().Where(p => p.Mac.IsUnicast && !shared.Contains(p.Mac)))
            {
                foreach (IpAddress address in port.Addresses.AsEnumerable().Append(port.Mac.LinkLocal).Distinct())
                {
                    owners[address] = owners.ContainsKey(address) ? null : (bridge, port);
                }
            }
        }

        HashSet<BridgePort> taken = [];
        foreach (Endpoint endpoint in owners.Count == 0 ? [] : endpoints)
        {
            (PodBridge Bridge, BridgePort Port)? first = endpoint.Addresses.AsEnumerable().Select(a => owners.GetValueOrDefault(a)).FirstOrDefault(o => o is not null);
            if (first is not var (bridge, port) || !taken.Add(port))
            {
                continue;
            }

            bool IsHere(IpAddress address) => owners.GetValueOrDefault(address) is var (_, other) && ReferenceEquals(other, port);
            found[endpoint] = new BridgedWorkload(
                endpoint,
                bridge,
                port,
                [.. endpoint.Addresses.AsEnumerable().Where(IsHere).Distinct()],
                [.. port.Addresses.AsEnumerable().Where(s_linkLocal.Contains).Append(port.Mac.LinkLocal).Distinct().Where(IsHere).Order()]);
        }

        return found;
    }

    /// <summary>Link-layer addresses of more than one port of a bridge.</summary>
    public static HashSet<MacAddress> SharedMacs(PodBridge bridge) =>
        [.. bridge.Ports.AsEnumerable().GroupBy(p => p.Mac).Where(g => g.Key != default && g.Count() > 1).Select(g => g.Key)];
}
