using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>Who has which address, and where a probe enters.</summary>
internal sealed class LabRouting
{
    private readonly LabTopology _topology;
    private readonly Dictionary<string, LabHost> _hosts;
    private readonly Dictionary<string, (LabHost Host, int Index, LabPod Pod)> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabClient> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<WireAddress, LabHost> _owners = [];
    private readonly Dictionary<WireAddress, string> _clientNames = [];

    internal LabRouting(LabTopology topology, Dictionary<string, LabHost> hosts)
    {
        _topology = topology;
        _hosts = hosts;
        foreach (LabHost host in hosts.Values)
        {
            for (int at = 0; at < host.Plan.Pods.Count; at++)
            {
                LabPod pod = host.Plan.Pods[at];
                _pods.Add(pod.Id, (host, host.Plan.FirstPod + at, pod));
                foreach (IPAddress address in pod.Addresses)
                {
                    _owners.TryAdd(WireAddress.From(address), host);
                }
            }
        }

        foreach (LabHost host in hosts.Values)
        {
            foreach (IPAddress address in host.Plan.Addresses)
            {
                _owners[WireAddress.From(address)] = host;
            }
        }

        foreach (LabClient client in topology.Clients)
        {
            _clients.Add(client.Id, client);
            foreach (IPAddress address in client.Addresses)
            {
                _clientNames.TryAdd(WireAddress.From(address), client.Id);
            }
        }
    }

    /// <summary>The node under test that has the address, itself or as a pod's; null if none has.</summary>
    internal LabHost? Owner(WireAddress address) => _owners.GetValueOrDefault(address);

    /// <summary>What to call an address outside.</summary>
    internal string NameOutside(WireAddress address) =>
        _clientNames.TryGetValue(address, out string? name) ? name : address.ToIPAddress().ToString();

    /// <summary>The node a probe is sent into, and the number of the interface: 0 for the node itself.</summary>
    internal (LabHost Host, int Index, WireAddress Source) Entry(LabProbe probe)
    {
        if (!WireAddress.IsIpv6(probe.Destination) && probe.Protocol == IpProtocol.IcmpV6
            || WireAddress.IsIpv6(probe.Destination) && (probe.Protocol == IpProtocol.Icmp || IpProtocol.IsExtensionHeader(probe.Protocol)))
        {
            throw Bad(probe, $"protocol {probe.Protocol} cannot be sent to `{probe.Destination}`");
        }

        switch (probe.Source.Kind)
        {
            case LabSourceKind.Pod when _pods.TryGetValue(probe.Source.Name, out (LabHost Host, int Index, LabPod Pod) found):
                return (found.Host, found.Index, Source(probe, found.Pod.Addresses));
            case LabSourceKind.Host when _hosts.TryGetValue(probe.Source.Name, out LabHost? host):
                return (host, 0, Source(probe, [.. host.Plan.Addresses]));
            case LabSourceKind.Client when _clients.TryGetValue(probe.Source.Name, out LabClient? client):
                LabHost entered = EnteredNode(probe);
                return (entered, entered.Plan.OutsideIndex(probe.EnterInterface ?? client.Interface), Source(probe, client.Addresses));
            default:
                throw Bad(probe, $"the lab has no {probe.Source.Kind.ToString().ToLowerInvariant()} `{probe.Source.Name}`");
        }
    }

    private LabHost EnteredNode(LabProbe probe)
    {
        if (probe.EnterNode is null)
        {
            return Owner(WireAddress.From(probe.Destination)) ?? _hosts[_topology.Nodes[0].Name];
        }

        return _hosts.TryGetValue(probe.EnterNode, out LabHost? host) ? host : throw Bad(probe, $"the lab has no node `{probe.EnterNode}`");
    }

    private static WireAddress Source(LabProbe probe, IReadOnlyList<IPAddress> addresses)
    {
        IPAddress? source = probe.SourceAddress ?? addresses.FirstOrDefault(address => WireAddress.SameFamily(address, probe.Destination));
        if (source is null || !WireAddress.SameFamily(source, probe.Destination))
        {
            throw Bad(probe, $"`{probe.Source.Name}` has no address of the family of `{probe.Destination}`");
        }

        return WireAddress.From(source);
    }

    private static ArgumentException Bad(LabProbe probe, string why) => new($"probe `{probe.Id}`: {why}");
}
