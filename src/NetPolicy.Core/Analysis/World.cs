using System.Runtime.InteropServices;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>
/// A snapshot as the analyses see it: its ends reduced to what their behaviour depends on. Follows an engine from snapshot to snapshot and keeps what did not change.
/// One pass at a time; what earlier passes yielded stays as it is.
/// </summary>
internal sealed partial class World
{
    private static readonly IpFamily[] Families = [IpFamily.IPv4, IpFamily.IPv6];

    private static readonly (int Type, int Code)[] NeighbourTypes = [.. Snapshot.NeighbourTypes.ToArray().Select(type => ((int)type, -1))];

    private readonly ServiceView _view;
    private readonly bool _plain;
    private readonly TrafficTables _tables;
    private readonly PolicyFeatures _features = new();
    private readonly Dictionary<EndpointClass, ClassFacts> _classFacts = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int[], int> _selectorSets = new(IntArrayComparer.Instance) { [[]] = 0 };
    private readonly List<int[]> _selectorSetList = [[]];
    private readonly Dictionary<EquatableArray<NamedPort>, int> _portIds = [];
    private readonly Dictionary<string, int> _serviceIds = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly Dictionary<PeerKey, Peer> _peers = [];
    private readonly Dictionary<PlaceKey, int> _bases = [];
    private readonly Dictionary<(int Base, int Node), Place> _places = [];
    private readonly List<Peer> _met = [];
    private readonly StringBuilder _text = new();
    private readonly Dictionary<IpPrefix, UInt128> _failsafeKeys = [];
    private (Selectable? Selectable, ClassFacts? Class, Place? Place)[] _known = [];
    private ClassFacts?[] _factsOfClass = [];
    private BlockSums _sums = null!;
    private int _sumsVersion = -1;
    private int _otherVersion = -1;
    private int _selectorVersion = -1;
    private int _pass = -1;
    private int _placeCount;

    // Of the inventory.
    private int[] _classOfNode = [];
    private PortCuts[] _cutsOfNode = [];
    private Dictionary<IpAddress, List<(Protocol, ushort)>> _fronts = [];
    private HashSet<IpAddress> _frontsOfHosts = [];
    private int[] _servicesOfEndpoint = [];
    private PortCuts _nodePorts = PortCuts.None;
    private IpPrefix[] _failsafeNets = [];
    private NetworkSet[] _sets = [];
    private bool _someNodeLacksFamilies;
    private int[] _familiesOfNodes = [];

    /// <param name="view">What a Service's address is.</param>
    /// <param name="tables">Where tables are kept.</param>
    /// <param name="plain">True to ask the evaluation about every pair.</param>
    public World(ServiceView view, TrafficTables tables, bool plain)
    {
        _view = view;
        _tables = tables;
        _plain = plain;
    }

    public Snapshot Snapshot { get; private set; } = null!;

    /// <summary>Another object after endpoints, nodes, sets or Services changed.</summary>
    public object Inventory { get; private set; } = new();

    /// <summary>Another object after the blocks that tell outside addresses apart may have changed.</summary>
    public object TileSource { get; private set; } = new();

    /// <summary>Places of endpoints in the order of <see cref="Cluster.Endpoints"/> without host endpoints, then those of nodes in the order of <see cref="Cluster.Nodes"/>.</summary>
    public List<(string Name, Endpoint? Endpoint, Place Place)> Ends { get; private set; } = [];

    /// <summary>True if so many ends have come and gone that starting anew is cheaper than going on.</summary>
    public bool IsWorn => _peers.Count > (4 * _met.Count) + 4096 || _places.Count > (8 * Ends.Count) + 4096;

    /// <summary>Types, and codes of them, that rules name or that are no policy's business on the way of a flow; whole types (code -1) before their codes.</summary>
    public IEnumerable<(int Type, int Code)> IcmpTypesTo(in Flow flow) => flow.Destination.Kind == FlowEndKind.Node && flow.Family == IpFamily.IPv6
        ? _features.IcmpTypes.Concat(NeighbourTypes).Distinct().Order()
        : _features.IcmpTypes;

    /// <summary>Addresses that an endpoint or a node has.</summary>
    public IEnumerable<IpAddress> OwnedAddresses =>
        Snapshot.Cluster.Endpoints.SelectMany(e => e.Addresses).Concat(Snapshot.Cluster.Nodes.SelectMany(n => n.Addresses));

    /// <summary>Ranges that rules, sets and Services tell apart from their neighbours.</summary>
    public IEnumerable<IpRange> NamedRanges =>
        _features.Nets.Select(n => IpRange.Of(n.Net))
            .Concat(_failsafeNets.Select(IpRange.Of))
            .Concat(_sets.SelectMany(s => s.Nets).Select(IpRange.Of))
            .Concat(_features.Services.SelectMany(s => s.Backends).Where(b => b.Endpoint < 0).Select(b => new IpRange(b.Address, b.Address)))
            .Concat(_view == ServiceView.Address ? [] : _fronts.Keys.Select(a => new IpRange(a, a)));

    /// <summary>True if the address is a Service's.</summary>
    public bool IsFront(IpAddress address) => _fronts.ContainsKey(address);

    /// <summary>Takes a snapshot instead of the one before. O(endpoints + programs), with little for what is as it was.</summary>
    public void Follow(Snapshot snapshot)
    {
        Snapshot? old = Snapshot;
        Snapshot = snapshot;
        _pass++;
        bool isSameInventory = old is not null && IsSameInventory(old.Cluster, snapshot.Cluster);
        if (!isSameInventory)
        {
            Inventory = new object();
            TakeInventory();
        }

        TakePrograms();
        if (!isSameInventory || _otherVersion != _features.OtherVersion)
        {
            Array.Clear(_known);
            TileSource = new object();
        }

        if (!isSameInventory || _sumsVersion != _features.NetVersion)
        {
            TileSource = new object();
            _sums = new BlockSums([.. _features.Nets, .. _failsafeNets.Select(n => (n, _failsafeKeys[n]))]);
            _sumsVersion = _features.NetVersion;
            for (int i = 0; i < _known.Length; i++)
            {
                if (_known[i] is { Selectable: Endpoint endpoint, Place: { } place } && !HasSameNets(endpoint, place.Peer.Key))
                {
                    _known[i] = default;
                }
            }
        }

        _otherVersion = _features.OtherVersion;
        TakeEnds();
    }

    /// <summary>The workload or node of a name.</summary>
    public FlowEnd EndOf(string name) => Snapshot.Cluster.FindEndpoint(name) is { } endpoint ? FlowEnd.OfEndpoint(endpoint.Index)
        : FlowEnd.OfNode(Snapshot.Cluster.FindNode(name["host:".Length..])!.Index);

    /// <summary>The node, its place and what it needs to be asked about.</summary>
    public Party PartyOf(Place place) => place.IsNode
        ? new Party
        {
            End = place.End,
            Families = place.Peer.Families,
            Node = place.Node,
            IsFront = !_nodePorts.IsEmpty,
            MeetsNodes = !_nodePorts.IsEmpty,
            SourceCuts = _cutsOfNode[place.Node],
            DestinationCuts = _cutsOfNode[place.Node].With(_nodePorts).With(PortCuts.Of(NamedPortsOf(place.Peer))),
        }
        : PartyOf(place, (Endpoint)Snapshot.Cluster.SelectableAt(place.End.Index));

    /// <summary>The outside range for which <paramref name="address"/> stands.</summary>
    public Party PartyOf(IpAddress address)
    {
        bool isFront = _fronts.TryGetValue(address, out List<(Protocol, ushort)>? front);
        return new Party
        {
            End = FlowEnd.OfAddress(address),
            Families = address.Family == IpFamily.IPv6 ? 2 : 1,
            IsFront = isFront,
            MeetsNodes = _frontsOfHosts.Contains(address),
            SourceCuts = PortCuts.None,
            DestinationCuts = isFront ? PortCuts.Of(front!) : PortCuts.None,
        };
    }

    /// <summary>True if pairs with this outside address must be asked of the evaluation.</summary>
    public bool IsSpecial(IpAddress address) => _plain || IsFront(address) || address.IsLoopback;

    /// <summary>What rules see of an outside address, and whether a Service answers for it: equal for addresses that behave the same.</summary>
    public (PeerKey Key, IpAddress Front) KeyOf(IpAddress address) =>
        (KeyOf(address.Family == IpFamily.IPv6 ? 2 : 1, address, Snapshot.Members.Of(address), null), IsFront(address) || address.IsLoopback ? address : default);

    private bool HasSameNets(Endpoint endpoint, in PeerKey key) =>
        _sums.Of(endpoint.AddressOf(IpFamily.IPv4)) == key.Nets4 && _sums.Of(endpoint.AddressOf(IpFamily.IPv6)) == key.Nets6;

    private static bool IsSameInventory(Cluster old, Cluster now) =>
        ReferenceEquals(old, now)
        || (ReferenceEquals(old.SelectableList, now.SelectableList)
            && ReferenceEquals(old.NodeList, now.NodeList)
            && ReferenceEquals(old.ServiceList, now.ServiceList)
            && ReferenceEquals(old.HostNetworkPodList, now.HostNetworkPodList)
            && ReferenceEquals(old.Members, now.Members));

    private static int FamiliesOf(EquatableArray<IpAddress> addresses)
    {
        int families = addresses.Count == 0 ? 3 : 0;
        foreach (IpAddress address in addresses.AsSpan())
        {
            families |= address.Family == IpFamily.IPv6 ? 2 : 1;
        }

        return families;
    }

    // Nothing but the built-in profile: every flow passes, whatever its ends.
    private static bool IsOpen(EndpointProgram program) =>
        !program.HasEnforcedPolicies
        && program.Profiles is [{ Rules: [{ Action: RuleAction.Allow, Alternatives: [{ Match: var match }] }, ..] }, ..]
        && match == RuleMatch.Everything;

    /// <summary>What is the same for all members of an endpoint class.</summary>
    private sealed class ClassFacts(EndpointClass endpointClass, int selectors, int ports, bool isPod, EndpointProgram? egress, EndpointProgram? ingress)
    {
        public EndpointClass Class { get; private set; } = endpointClass;

        public int Selectors => selectors;

        public int Ports => ports;

        public bool IsPod => isPod;

        public EndpointProgram? Egress => egress;

        public EndpointProgram? Ingress => ingress;

        public bool IsSame(ClassFacts other) => selectors == other.Selectors && ports == other.Ports && isPod == other.IsPod && ReferenceEquals(egress, other.Egress) && ReferenceEquals(ingress, other.Ingress);

        public ClassFacts For(EndpointClass now)
        {
            Class = now;
            return this;
        }
    }

    private sealed class IntArrayComparer : IEqualityComparer<int[]>
    {
        public static readonly IntArrayComparer Instance = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes(obj.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
