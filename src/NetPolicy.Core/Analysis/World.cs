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

    private void TakeInventory()
    {
        Cluster cluster = Snapshot.Cluster;
        ILookup<string?, Endpoint> hostEndpoints = cluster.Endpoints.Where(e => e.Kind == EndpointKind.HostEndpoint).ToLookup(e => e.Node);
        _classOfNode = new int[cluster.NodeSlots];
        _familiesOfNodes = new int[cluster.NodeSlots];
        foreach (Node node in cluster.Nodes)
        {
            _classOfNode[node.Index] = Matters(node, hostEndpoints[node.Name]) ? node.Index + 1 : 0;
            _familiesOfNodes[node.Index] = FamiliesOf(node.Addresses);
        }

        _someNodeLacksFamilies = cluster.Nodes.Any(n => _familiesOfNodes[n.Index] != 3);
        _fronts = [];
        _frontsOfHosts = [];
        Dictionary<int, List<ulong>> services = [];
        foreach (Service service in cluster.Services)
        {
            Collect(service, service.Index, services);
        }

        _servicesOfEndpoint = new int[cluster.SelectableSlots];
        foreach ((int endpoint, List<ulong> own) in services)
        {
            string text = new(MemoryMarshal.Cast<ulong, char>([.. own.Order()]));
            ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_serviceIds, text, out bool known);
            id = known ? id : _serviceIds.Count - 1;
            _servicesOfEndpoint[endpoint] = id;
        }

        _nodePorts = PortCuts.Of(cluster.Services.SelectMany(s => s.Ports).Where(p => p.NodePort != 0).Select(p => (p.Protocol, p.NodePort)));
        _failsafeNets =
        [
            .. cluster.Nodes.SelectMany(n => n.FailsafeInbound.Concat(n.FailsafeOutbound)).Select(f => f.Net).Where(n => n.Family != IpFamily.None).Distinct(),
        ];
        foreach (IpPrefix net in _failsafeNets)
        {
            ref UInt128 key = ref CollectionsMarshal.GetValueRefOrAddDefault(_failsafeKeys, net, out bool known);
            key = known ? key : BlockSums.NewKey();
        }

        _sets = [.. cluster.Selectables.OfType<NetworkSet>()];
        _known = new (Selectable?, ClassFacts?, Place?)[cluster.SelectableSlots];
    }

    private bool Matters(Node node, IEnumerable<Endpoint> hostEndpoints) =>
        hostEndpoints.Any() || node.EndpointToHost != EndpointToHostAction.Accept || Snapshot.Options.HostInput != HostInput.Accept;

    private void TakePrograms()
    {
        HashSet<EndpointProgram> programs = new(ReferenceEqualityComparer.Instance);
        PersistentList<EndpointClass?> classes = Snapshot.World.Classes;
        for (int i = 0; i < classes.Count; i++)
        {
            if (classes[i] is not { Programs: { } own } one)
            {
                continue;
            }

            foreach (PolicyStage stage in one.Shape.Kind == EndpointKind.HostEndpoint ? Enum.GetValues<PolicyStage>() : [PolicyStage.Normal])
            {
                programs.Add(own.Of(stage, Direction.Ingress));
                programs.Add(own.Of(stage, Direction.Egress));
            }
        }

        _features.Follow(programs);
        if (_factsOfClass.Length < classes.Count)
        {
            Array.Resize(ref _factsOfClass, classes.Count * 2);
        }

        bool isSame = _selectorVersion == _features.SelectorVersion;
        _selectorVersion = _features.SelectorVersion;
        List<int> numbers = [];
        for (int i = 0; i < classes.Count; i++)
        {
            if (classes[i] is not { } one)
            {
                _factsOfClass[i] = null;
                continue;
            }

            ClassFacts? old = _factsOfClass[i];
            if (isSame && old is not null && ReferenceEquals(old.Class, one))
            {
                continue;
            }

            int ports = 0;
            if (!one.Shape.Ports.IsEmpty)
            {
                ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_portIds, one.Shape.Ports, out bool known);
                ports = id = known ? id : _portIds.Count;
            }

            numbers.Clear();
            foreach (int selector in one.Matched)
            {
                if (_features.NumberOf(selector) is >= 0 and int number)
                {
                    numbers.Add(number);
                }
            }

            ClassFacts made = new(
                one,
                SelectorSet(numbers),
                ports,
                one.Shape.IsPod,
                one.Programs?.Of(PolicyStage.Normal, Direction.Egress),
                one.Programs?.Of(PolicyStage.Normal, Direction.Ingress));
            _factsOfClass[i] = old is not null && made.IsSame(old) ? old.For(one) : made;
        }

        ILookup<string?, Endpoint>? hostEndpoints = null;
        Cluster cluster = Snapshot.Cluster;
        _cutsOfNode = new PortCuts[cluster.NodeSlots];
        foreach (Node node in cluster.Nodes)
        {
            hostEndpoints ??= cluster.Endpoints.Where(e => e.Kind == EndpointKind.HostEndpoint).ToLookup(e => e.Node);
            _cutsOfNode[node.Index] = CutsOf(node, hostEndpoints[node.Name]);
        }
    }

    private int SelectorSet(List<int> numbers)
    {
        numbers.Sort();
        int[] set = [.. numbers.Distinct()];
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_selectorSets, set, out bool known);
        if (!known)
        {
            id = _selectorSetList.Count;
            _selectorSetList.Add(set);
        }

        return id;
    }

    private PortCuts CutsOf(Node node, IEnumerable<Endpoint> hostEndpoints)
    {
        PortCuts cuts = PortCuts.None;
        bool isFirst = true;
        foreach (Endpoint endpoint in hostEndpoints)
        {
            cuts = isFirst ? PortCuts.Of(node) : cuts;
            isFirst = false;
            foreach (PolicyStage stage in Enum.GetValues<PolicyStage>())
            {
                cuts = cuts.With(_features.FactsOf(Snapshot.ProgramOf(endpoint, stage, Direction.Ingress)).Cuts)
                    .With(_features.FactsOf(Snapshot.ProgramOf(endpoint, stage, Direction.Egress)).Cuts);
            }
        }

        return cuts;
    }

    private void TakeEnds()
    {
        Cluster cluster = Snapshot.Cluster;
        _met.Clear();
        List<(string, Endpoint?, Place)> ends = new(cluster.Endpoints.Count);
        foreach (Endpoint endpoint in cluster.Endpoints)
        {
            if (!endpoint.IsWorkload)
            {
                continue;
            }

            ClassFacts facts = _factsOfClass[Snapshot.ClassIdOf(endpoint.Index)]!;
            ref (Selectable? Selectable, ClassFacts? Class, Place? Place) known = ref _known[endpoint.Index];
            if (!ReferenceEquals(known.Selectable, endpoint) || !ReferenceEquals(known.Class, facts))
            {
                known = (endpoint, facts, MakePlace(endpoint, facts));
            }

            Place place = known.Place!;
            if (place.Pass != _pass)
            {
                place.Pass = _pass;
                place.End = FlowEnd.OfEndpoint(endpoint.Index);
            }

            if (place.Peer.Pass != _pass)
            {
                Meet(place.Peer, endpoint);
            }

            ends.Add((endpoint.Name, endpoint, place));
        }

        foreach (Node node in cluster.Nodes)
        {
            Place place = MakePlace(node);
            if (place.Pass != _pass)
            {
                place.Pass = _pass;
                place.End = FlowEnd.OfNode(node.Index);
            }

            if (place.Peer.Pass != _pass)
            {
                IpAddress v4 = FirstOf(node, IpFamily.IPv4), v6 = FirstOf(node, IpFamily.IPv6);
                Meet(place.Peer, new PeerFacts(v4, Snapshot.Members.Of(v4)), new PeerFacts(v6, Snapshot.Members.Of(v6)));
            }

            ends.Add((node.ToString(), null, place));
        }

        Ends = ends;
    }

    private static IpAddress FirstOf(Node node, IpFamily family)
    {
        foreach (IpAddress address in node.Addresses)
        {
            if (address.Family == family)
            {
                return address;
            }
        }

        return default;
    }

    private void Meet(Peer peer, Endpoint endpoint) => Meet(peer, FactsOf(endpoint, IpFamily.IPv4), FactsOf(endpoint, IpFamily.IPv6));

    private void Meet(Peer peer, in PeerFacts v4, in PeerFacts v6)
    {
        peer.IsFresh = peer.Pass != _pass - 1;
        peer.Pass = _pass;
        peer.Facts4 = v4;
        peer.Facts6 = v6;
        _met.Add(peer);
    }

    private PeerFacts FactsOf(Endpoint endpoint, IpFamily family)
    {
        IpAddress address = endpoint.AddressOf(family);
        return new PeerFacts(address, address == default ? endpoint.Alone : Snapshot.Members.Of(address));
    }

    private Place MakePlace(Endpoint endpoint, ClassFacts facts)
    {
        int families = FamiliesOf(endpoint.Addresses);
        int node = endpoint.NodeIn(Snapshot.Cluster);
        int nodeClass = node >= 0 ? _classOfNode[node] : 0;
        IpAddress v4 = endpoint.AddressOf(IpFamily.IPv4), v6 = endpoint.AddressOf(IpFamily.IPv6);
        PeerKey key = endpoint.Addresses.IsEmpty
            ? KeyOf(families, default, endpoint.Alone, facts)
            : Join(families, v4 == default ? default : KeyOf(families, v4, Snapshot.Members.Of(v4), facts), v6 == default ? default : KeyOf(families, v6, Snapshot.Members.Of(v6), facts));
        bool dependsOnNode = nodeClass == 0 && node >= 0
            && (!IsOpen(facts.Ingress!) || !IsOpen(facts.Egress!) || (_someNodeLacksFamilies && Array.Exists(_familiesOfNodes, f => f != 0 && (f & families) != families)));
        bool isSpecial = _plain || (node >= 0 && !Snapshot.Cluster.InterfacesOf(node).IsUnguarded);
        return PlaceOf(new PlaceKey(PeerOf(key).Id, facts.Egress, facts.Ingress, _servicesOfEndpoint[endpoint.Index], nodeClass, isSpecial), PeerOf(key), dependsOnNode || isSpecial ? node : -1);
    }

    private Place MakePlace(Node node)
    {
        int families = _familiesOfNodes[node.Index];
        IpAddress v4 = FirstOf(node, IpFamily.IPv4), v6 = FirstOf(node, IpFamily.IPv6);
        PeerKey key = Join(families, v4 == default ? default : KeyOf(families, v4, Snapshot.Members.Of(v4), null), v6 == default ? default : KeyOf(families, v6, Snapshot.Members.Of(v6), null));
        Peer peer = PeerOf(key with { Families = families | 4 });
        return PlaceOf(new PlaceKey(peer.Id, null, null, 0, _classOfNode[node.Index], _plain || _classOfNode[node.Index] != 0 || !_nodePorts.IsEmpty), peer, node.Index);
    }

    private Place PlaceOf(in PlaceKey key, Peer peer, int node)
    {
        ref int baseId = ref CollectionsMarshal.GetValueRefOrAddDefault(_bases, key, out bool isKnown);
        baseId = isKnown ? baseId : _bases.Count;
        ref Place? place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, (baseId, node), out _);
        return place ??= new Place(_placeCount++, baseId, key, peer, node);
    }

    private Peer PeerOf(in PeerKey key)
    {
        ref Peer? peer = ref CollectionsMarshal.GetValueRefOrAddDefault(_peers, key, out _);
        return peer ??= new Peer(_peers.Count - 1, key, [.. _selectorSetList[key.Selectors4].Union(_selectorSetList[key.Selectors6])]);
    }

    private static PeerKey Join(int families, in PeerKey v4, in PeerKey v6) => new(
        families, v4.Selectors4, v6.Selectors4, v4.Nets4, v6.Nets4, Math.Max(v4.Ports, v6.Ports), v4.More is null && v6.More is null ? null : $"{v4.More}\n{v6.More}");

    // What rules can see of one address, in the fields of the first family.
    private PeerKey KeyOf(int families, IpAddress address, int[] members, ClassFacts? only)
    {
        UInt128 nets = _sums.Of(address);
        bool isAlone = members.Length == 0 || (members.Length == 1 && Snapshot.Cluster.SelectableAt(members[0]) is Endpoint);
        if (isAlone && !_features.HasServices)
        {
            ClassFacts? facts = only ?? (members.Length == 1 ? _factsOfClass[Snapshot.ClassIdOf(members[0])] : null);
            return new PeerKey(families, facts?.Selectors ?? 0, 0, nets, default, _features.HasPortNames && facts is not null ? (facts.Ports * 2) + (facts.IsPod ? 1 : 0) : 0, null);
        }

        List<int> numbers = [];
        _text.Clear();
        foreach (int member in members)
        {
            ClassFacts facts = _factsOfClass[Snapshot.ClassIdOf(member)]!;
            numbers.AddRange(_selectorSetList[facts.Selectors]);
            if (_features.HasPortNames && facts.Ports != 0)
            {
                // Each owner of the address counts for itself: one and the same must be selected and have the port (Calico specification §3.5).
                _text.Append(facts.Selectors).Append(' ').Append(facts.Ports).Append(facts.IsPod ? '+' : '-').Append('\n');
            }
        }

        foreach ((int number, SliceBackend[] backends) in _features.Services)
        {
            foreach ((byte protocol, ushort port) in backends
                .Where(b => b.Endpoint >= 0 ? members.Contains(b.Endpoint) : b.Address == address && address != default)
                .Select(b => (b.Protocol.Number, b.Port))
                .Order())
            {
                _text.Append('s').Append(number).Append(' ').Append(protocol).Append('/').Append(port).Append('\n');
            }
        }

        return new PeerKey(families, SelectorSet(numbers), 0, nets, default, 0, _text.ToString());
    }

    private List<(Protocol, ushort)> NamedPortsOf(Peer peer)
    {
        List<(Protocol, ushort)> ports = [];
        if (_features.HasPortNames)
        {
            foreach (int member in peer.Facts4.Members.Concat(peer.Facts6.Members))
            {
                ports.AddRange(Snapshot.ClassOf(member).Shape.Ports.Select(p => (p.Protocol, p.Number)));
            }
        }

        return ports;
    }

    private Party PartyOf(Place place, Endpoint endpoint)
    {
        int node = endpoint.NodeIn(Snapshot.Cluster);
        PortCuts ofNode = node >= 0 ? _cutsOfNode[node] : PortCuts.None;
        return new Party
        {
            End = place.End,
            Families = place.Peer.Families,
            Node = node,
            SourceCuts = _features.FactsOf(place.Key.Egress!).Cuts.With(ofNode),
            DestinationCuts = _features.FactsOf(place.Key.Ingress!).Cuts.With(ofNode).With(PortCuts.Of(NamedPortsOf(place.Peer))),
        };
    }

    // A Service that is reached by an address makes its backends differ from pods that policy sees no difference to.
    private void Collect(Service service, int index, Dictionary<int, List<ulong>> services)
    {
        for (int p = 0; p < service.Ports.Count; p++)
        {
            ServicePort port = service.Ports[p];
            foreach (IpAddress address in service.Addresses)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_fronts, address, out _) ??= [];
                if (port.Backends.Any(b => b.Endpoint < 0))
                {
                    _frontsOfHosts.Add(address);
                }

                _fronts[address].Add((port.Protocol, port.Port));
            }

            if (service.Addresses.IsEmpty && port.NodePort == 0)
            {
                continue;
            }

            HashSet<IpFamily> answered = [];
            foreach (Backend backend in port.Backends)
            {
                // Of several backends the first one answers for the ends; a backend that dials its own Service first finds itself.
                bool isFirst = backend.IsReady && answered.Add(backend.Address.Family);
                if (backend.Endpoint < 0)
                {
                    continue;
                }

                List<ulong> own = CollectionsMarshal.GetValueRefOrAddDefault(services, backend.Endpoint, out _) ??= [];
                own.Add(((ulong)(uint)index << 32) | ((uint)p << 18) | ((uint)backend.Port << 2) | (isFirst ? 2u : 0u) | (backend.IsReady ? 1u : 0u));
            }
        }
    }

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
