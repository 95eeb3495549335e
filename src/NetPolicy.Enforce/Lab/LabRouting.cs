using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>Who has which address, and where a probe enters.</summary>
internal sealed class LabRouting
{
    private readonly LabTopology _topology;
    private readonly Dictionary<string, LabTap> _taps;
    private readonly Dictionary<string, (LabTap Tap, int Index, LabPod Pod)> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabClient> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<WireAddress, LabTap> _owners = [];
    private readonly Dictionary<WireAddress, string> _clientNames = [];
    private readonly List<(LabRange Range, LabTap Tap)> _ranges = [];

    internal LabRouting(LabTopology topology, Dictionary<string, LabTap> taps)
    {
        _topology = topology;
        _taps = taps;
        foreach (LabTap tap in taps.Values)
        {
            for (int at = 0; at < tap.Plan.Pods.Count; at++)
            {
                LabPod pod = tap.Plan.Pods[at];
                _pods.Add(pod.Id, (tap, tap.Plan.FirstPod + at, pod));
                foreach (IPAddress address in pod.Addresses)
                {
                    _owners.TryAdd(WireAddress.From(address), tap);
                }
            }
        }

        foreach (LabTap tap in taps.Values)
        {
            foreach (IPAddress address in tap.Plan.Addresses)
            {
                _owners[WireAddress.From(address)] = tap;
            }

            _ranges.AddRange((tap.Plan.Node.PodRanges ?? []).Select(range => (range, tap)));
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

    /// <summary>The node under test that has the address, itself, as a pod's, or in its pod ranges; null if none has.</summary>
    internal LabTap? Owner(WireAddress address)
    {
        if (_owners.TryGetValue(address, out LabTap? owner) || _clientNames.ContainsKey(address))
        {
            return owner;
        }

        return _ranges.Find(range => WireAddress.From(range.Range.Address).SharesBits(address, range.Range.Length)).Tap;
    }

    /// <summary>What to call an address outside.</summary>
    internal string NameOutside(WireAddress address) =>
        _clientNames.TryGetValue(address, out string? name) ? name : address.ToIPAddress().ToString();

    /// <summary>The node a probe is sent into, and the number of the interface: 0 for the node itself.</summary>
    internal (LabTap Tap, int Index, WireAddress Source) Entry(LabProbe probe)
    {
        if (!WireAddress.IsIpv6(probe.Destination) && probe.Protocol == IpProtocol.IcmpV6
            || WireAddress.IsIpv6(probe.Destination) && (probe.Protocol == IpProtocol.Icmp || IpProtocol.IsExtensionHeader(probe.Protocol)))
        {
            throw Bad(probe, $"protocol {probe.Protocol} cannot be sent to `{probe.Destination}`");
        }

        switch (probe.Source.Kind)
        {
            case LabSourceKind.Pod when _pods.TryGetValue(probe.Source.Name, out (LabTap Tap, int Index, LabPod Pod) found):
                return (found.Tap, found.Index, Source(probe, found.Pod.Addresses));
            case LabSourceKind.Host when _taps.TryGetValue(probe.Source.Name, out LabTap? tap):
                return (tap, 0, Source(probe, [.. tap.Plan.Addresses]));
            case LabSourceKind.Client when _clients.TryGetValue(probe.Source.Name, out LabClient? client):
                LabTap entered = EnteredNode(probe);
                return (entered, entered.Plan.OutsideIndex(probe.EnterInterface ?? client.Interface), Source(probe, client.Addresses));
            default:
                throw Bad(probe, $"the lab has no {probe.Source.Kind.ToString().ToLowerInvariant()} `{probe.Source.Name}`");
        }
    }

    private LabTap EnteredNode(LabProbe probe)
    {
        if (probe.EnterNode is null)
        {
            return Owner(WireAddress.From(probe.Destination)) ?? _taps[_topology.Nodes[0].Name];
        }

        return _taps.TryGetValue(probe.EnterNode, out LabTap? tap) ? tap : throw Bad(probe, $"the lab has no node `{probe.EnterNode}`");
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
