using System.Net;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Lab;

/// <summary>
/// A snapshot's cluster as a lab can build it, and its flows as packets. Under test are the nodes with workloads or host endpoints;
/// everything else is an address behind their default interfaces.
/// </summary>
/// <remarks>
/// Services are translated where the engine says: on the source's node for cluster addresses and the own NodePorts, on the node that has the
/// address for NodePorts, and on the backend's node for what comes from outside or is dialled by a load balancer's or external address.
/// Sources stay as they are.
/// </remarks>
public sealed partial class LabWorld
{
    private const string UnnamedInterface = "eth0";
    private static readonly IpPrefix[] s_unrouted =
    [
        IpPrefix.Parse("0.0.0.0/8"), IpPrefix.Parse("127.0.0.0/8"), IpPrefix.Parse("169.254.0.0/16"), IpPrefix.Parse("224.0.0.0/4"), IpPrefix.Parse("255.255.255.255/32"),
        IpPrefix.Parse("::/127"), IpPrefix.Parse("fe80::/10"), IpPrefix.Parse("ff00::/8"),
    ];

    private static readonly IpAddress[] s_generic = [IpAddress.Parse("203.0.113.254"), IpAddress.Parse("2001:db8:ffff::fffe")];

    private readonly Dictionary<int, LabNode> _nodes = [];
    private readonly Dictionary<int, LabPod> _pods = [];
    private readonly Dictionary<IpAddress, List<Place>> _owners = [];
    private readonly Dictionary<IpAddress, LabClient> _clients = [];
    private readonly Dictionary<(IpAddress, byte, int), Front> _fronts = [];
    private readonly Dictionary<(byte, int), Front> _nodePorts = [];

    private LabWorld(Snapshot snapshot, LabWorldOptions options)
    {
        Snapshot = snapshot;
        FindOwners();
        foreach (Node node in Cluster.Nodes.Where(IsUnderTest))
        {
            _nodes.Add(node.Index, ToLabNode(node));
        }

        foreach (Endpoint endpoint in Cluster.Endpoints.Where(endpoint => endpoint.IsWorkload && endpoint.Node is not null))
        {
            IPAddress[] addresses = [.. endpoint.Addresses.AsEnumerable().Where(IsUnshared).Select(ToIPAddress)];
            if (addresses.Length > 0)
            {
                _pods.Add(endpoint.Index, new LabPod(endpoint.Name, endpoint.Node!, InterfaceNames.Of(endpoint), addresses));
            }
        }

        AddClients(options);
        List<LabService> services = CollectServices();
        Topology = new LabTopology([.. _nodes.Values], [.. _pods.Values], [.. _clients.Values.Distinct()], services);
    }

    /// <summary>What was mapped.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>The cluster for a <see cref="PacketLab"/> or <see cref="SocketLab"/>. Without nodes under test it cannot be built.</summary>
    public LabTopology Topology { get; }

    private Cluster Cluster => Snapshot.Cluster;

    /// <summary>Maps a snapshot. O(endpoints + services × nodes).</summary>
    public static LabWorld Of(Snapshot snapshot, LabWorldOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new LabWorld(snapshot, options ?? LabWorldOptions.Default);
    }

    /// <summary>The ruleset of each node under test, by its name.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public IReadOnlyDictionary<string, CompiledRuleset> Compile(EnforcementOptions? options = null)
    {
        SortedDictionary<string, CompiledRuleset> rulesets = new(StringComparer.Ordinal);
        foreach (LabNode node in Topology.Nodes)
        {
            rulesets.Add(node.Name, RulesetCompiler.Compile(Snapshot, node.Name, options));
        }

        return rulesets;
    }

    private static IPAddress ToIPAddress(IpAddress address) =>
        new WireAddress((byte)(address.Bits / 8), address.Value).ToIPAddress();

    private bool IsUnderTest(Node node) =>
        Cluster.Endpoints.Any(endpoint => endpoint.Node == node.Name && (!endpoint.IsWorkload || !endpoint.Addresses.IsEmpty));

    private bool IsUnshared(IpAddress address) => _owners.TryGetValue(address, out List<Place>? owners) && owners.Count == 1;

    private void FindOwners()
    {
        foreach (Endpoint endpoint in Cluster.Endpoints.Where(endpoint => endpoint.IsWorkload))
        {
            foreach (IpAddress address in endpoint.Addresses)
            {
                AddOwner(address, new Place(PlaceKind.Pod, endpoint.Node is { } node ? Cluster.FindNode(node)!.Index : -1, endpoint.Index, address));
            }
        }

        foreach (Node node in Cluster.Nodes)
        {
            foreach (IpAddress address in node.Addresses)
            {
                AddOwner(address, new Place(PlaceKind.Host, node.Index, -1, address));
            }
        }
    }

    private void AddOwner(IpAddress address, Place owner)
    {
        if (!_owners.TryGetValue(address, out List<Place>? owners))
        {
            _owners.Add(address, owners = []);
        }

        if (!owners.Contains(owner))
        {
            owners.Add(owner);
        }
    }

    // The default interface first: the one that the engine means when a flow names none.
    private LabNode ToLabNode(Node node)
    {
        NodeInterface[] candidates = [.. node.Interfaces.AsEnumerable().Where(one => one.Name != "lo")];
        HostInterfaces governors = Snapshot.InterfacesOf(node);
        NodeInterface? chosen = candidates.Length == 1
            ? candidates[0]
            : candidates.FirstOrDefault(one => governors.Star >= 0 || governors.OwnOf(one.Name) >= 0) ?? candidates.FirstOrDefault();
        NodeInterface[] extra = [.. candidates.Where(one => one != chosen && one.Name is not null)];
        IPAddress[] OwnOf(IEnumerable<IpAddress> addresses) =>
            [.. addresses.Where(address => IsUnshared(address) && UnroutedRefusal(address) is null).Distinct().Select(ToIPAddress)];
        HashSet<IpAddress> elsewhere = [];
        List<LabInterface> interfaces = [];
        foreach (NodeInterface one in extra)
        {
            IpAddress[] addresses = [.. one.Addresses.AsEnumerable().Where(address => !(chosen?.Addresses ?? default).Contains(address) && elsewhere.Add(address))];
            interfaces.Add(new LabInterface(one.Name!, OwnOf(addresses)));
        }

        return new LabNode(node.Name, OwnOf(node.Addresses.AsEnumerable().Where(address => !elsewhere.Contains(address))), chosen?.Name ?? UnnamedInterface)
        {
            ExtraInterfaces = interfaces,
        };
    }

    private void AddClients(LabWorldOptions options)
    {
        foreach (FlowRequest request in options.Flows)
        {
            if (request.OutInterface is { } name && IpAddress.TryParse(request.To, out IpAddress remote) && !IsDefaultInterface(request.From, name))
            {
                AddClient(remote, name);
            }
        }

        foreach (IpAddress address in options.OutsideAddresses.Concat(s_generic))
        {
            AddClient(address, null);
        }

        foreach (FlowRequest request in options.Flows)
        {
            foreach (string end in (ReadOnlySpan<string>)[request.From, request.To])
            {
                if (IpAddress.TryParse(end, out IpAddress address))
                {
                    AddClient(address, null);
                }
            }
        }

        foreach (Node node in Cluster.Nodes.Where(node => !_nodes.ContainsKey(node.Index)))
        {
            foreach (IpAddress address in node.Addresses)
            {
                AddClient(address, null);
            }
        }
    }

    private bool IsDefaultInterface(string from, string name) =>
        !Snapshot.TryResolve(from, out FlowEnd end, out _)
        || NodeOf(end) is not { } node
        || !_nodes.TryGetValue(node, out LabNode? lab)
        || lab.Interface == name;

    private int? NodeOf(FlowEnd end) => end.Kind switch
    {
        FlowEndKind.Node => end.Index,
        FlowEndKind.Endpoint => Cluster.SelectableAt(end.Index) is Endpoint { Node: { } name } ? Cluster.FindNode(name)!.Index : null,
        FlowEndKind.Address => _owners.TryGetValue(end.Address, out List<Place>? owners) ? owners[0].Node : null,
        FlowEndKind.HostNetworkPod => Cluster.HostNetworkPodAt(end.Index).Node is { } name ? Cluster.FindNode(name)!.Index : null,
        FlowEndKind.None or FlowEndKind.Service => null,
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    // Addresses of Services and of what is under test are nobody's outside.
    private void AddClient(IpAddress address, string? name)
    {
        bool owned = _owners.TryGetValue(address, out List<Place>? owners) && owners.Any(owner => _nodes.ContainsKey(owner.Node));
        if (!owned && !Cluster.Services.Any(service => service.Addresses.Contains(address)))
        {
            _clients.TryAdd(address, new LabClient(address.ToString(), [ToIPAddress(address)], name));
        }
    }

    private enum PlaceKind : byte
    {
        Outside = 0,
        Pod,
        Host,
    }

    /// <summary>Where an end of a flow is. Node and endpoint are -1 for none and unknown.</summary>
    private readonly record struct Place(PlaceKind Kind, int Node, int Endpoint, IpAddress Address);
}
