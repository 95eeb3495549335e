using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>A snapshot as the analyses see it: its ends reduced to what their behaviour depends on.</summary>
internal sealed class World
{
    private static readonly IpFamily[] Families = [IpFamily.IPv4, IpFamily.IPv6];

    private static readonly (int Type, int Code)[] NeighbourTypes = [.. Snapshot.NeighbourTypes.ToArray().Select(type => ((int)type, -1))];

    private readonly ServiceView _view;
    private readonly PolicyFeatures _features;
    private readonly int[] _classOfNode;
    private readonly PortCuts[] _cutsOfNode;
    private readonly Dictionary<EndpointProgram, PortCuts> _cutsOfProgram = [];
    private readonly Dictionary<EndpointProgram, int> _programs = [];
    private readonly Dictionary<IpAddress, List<(Protocol, ushort)>> _fronts = [];
    private readonly HashSet<IpAddress> _frontsOfHosts = [];
    private readonly Dictionary<int, List<ulong>> _servicesOfEndpoint = [];
    private readonly PortCuts _nodePorts;
    private readonly List<ulong> _buffer = [];
    private readonly SortedSet<int> _selectors = [];

    public World(Snapshot snapshot, ServiceView view)
    {
        Snapshot = snapshot;
        _view = view;
        _features = new PolicyFeatures(snapshot);
        ILookup<string?, Endpoint> hostEndpoints =
            snapshot.Cluster.Endpoints.Where(e => e.Kind == EndpointKind.HostEndpoint).ToLookup(e => e.Node);
        _classOfNode = new int[snapshot.Cluster.NodeSlots];
        _cutsOfNode = new PortCuts[snapshot.Cluster.NodeSlots];
        foreach (Node node in snapshot.Cluster.Nodes)
        {
            _classOfNode[node.Index] = Matters(node, hostEndpoints[node.Name]) ? node.Index + 1 : 0;
            _cutsOfNode[node.Index] = CutsOf(node, hostEndpoints[node.Name]);
        }

        foreach (Service service in snapshot.Cluster.Services)
        {
            Collect(service, service.Index);
        }

        _nodePorts = PortCuts.Of(snapshot.Cluster.Services.SelectMany(s => s.Ports).Where(p => p.NodePort != 0).Select(p => (p.Protocol, p.NodePort)));
    }

    public Snapshot Snapshot { get; }

    /// <summary>Types, and codes of them, that rules name or that are no policy's business on the way of a flow; whole types (code -1) before their codes.</summary>
    public IEnumerable<(int Type, int Code)> IcmpTypesTo(in Flow flow) => flow.Destination.Kind == FlowEndKind.Node && flow.Family == IpFamily.IPv6
        ? _features.IcmpTypes.Concat(NeighbourTypes).Distinct().Order()
        : _features.IcmpTypes;

    /// <summary>Addresses that an endpoint or a node has.</summary>
    public IEnumerable<IpAddress> OwnedAddresses =>
        Snapshot.Cluster.Endpoints.SelectMany(e => e.Addresses).Concat(Snapshot.Cluster.Nodes.SelectMany(n => n.Addresses));

    /// <summary>Ranges that rules, sets and Services tell apart from their neighbours.</summary>
    public IEnumerable<IpRange> NamedRanges =>
        _features.Nets4.Concat(_features.Nets6)
            .Concat(Snapshot.Cluster.Selectables.OfType<NetworkSet>().SelectMany(s => s.Nets))
            .Select(IpRange.Of)
            .Concat(_features.Services.SelectMany(s => s).Where(b => b.Endpoint < 0).Select(b => new IpRange(b.Address, b.Address)))
            .Concat(_view == ServiceView.Address ? [] : _fronts.Keys.Select(a => new IpRange(a, a)));

    /// <summary>True if the address is a Service's.</summary>
    public bool IsFront(IpAddress address) => _fronts.ContainsKey(address);

    public Party PartyOf(Endpoint endpoint)
    {
        EndpointProgram ingress = Snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Ingress);
        EndpointProgram egress = Snapshot.ProgramOf(endpoint, PolicyStage.Normal, Direction.Egress);
        int families = FamiliesOf(endpoint.Addresses);
        int node = endpoint.Node is { } name ? Snapshot.Cluster.FindNode(name)!.Index : -1;
        int nodeClass = node >= 0 ? _classOfNode[node] : 0;
        Begin(1, families, nodeClass);
        _buffer.Add((ulong)IdOf(ingress));
        _buffer.Add((ulong)IdOf(egress));
        AddList(_servicesOfEndpoint.GetValueOrDefault(endpoint.Index));
        HashSet<(Protocol, ushort)> named = [];
        if (endpoint.Addresses.IsEmpty)
        {
            AddFacts(default, [endpoint.Index], named);
        }

        foreach (IpFamily family in Families)
        {
            if (endpoint.AddressOf(family) is var address && address != default)
            {
                AddFacts(address, Snapshot.Members.Of(address), named);
            }
        }

        PortCuts ofNode = node >= 0 ? _cutsOfNode[node] : PortCuts.None;
        return new Party
        {
            End = FlowEnd.OfEndpoint(endpoint.Index),
            Base = End(),
            Families = families,
            Node = node,
            DependsOnNode = nodeClass == 0 && node >= 0
                && (!IsOpen(ingress) || !IsOpen(egress) || Snapshot.Cluster.Nodes.Any(n => (FamiliesOf(n.Addresses) & families) != families)),
            SourceCuts = CutsOf(egress).With(ofNode),
            DestinationCuts = CutsOf(ingress).With(ofNode).With(PortCuts.Of(named)),
        };
    }

    public Party PartyOf(Node node)
    {
        int families = FamiliesOf(node.Addresses);
        Begin(2, families, _classOfNode[node.Index]);
        HashSet<(Protocol, ushort)> named = [];
        foreach (IpFamily family in Families)
        {
            foreach (IpAddress address in node.Addresses.Where(a => a.Family == family).Take(1))
            {
                AddFacts(address, Snapshot.Members.Of(address), named);
            }
        }

        return new Party
        {
            End = FlowEnd.OfNode(node.Index),
            Base = End(),
            Families = families,
            Node = node.Index,
            IsFront = !_nodePorts.IsEmpty,
            MeetsNodes = !_nodePorts.IsEmpty,
            SourceCuts = _cutsOfNode[node.Index],
            DestinationCuts = _cutsOfNode[node.Index].With(_nodePorts).With(PortCuts.Of(named)),
        };
    }

    /// <summary>The outside range for which <paramref name="address"/> stands.</summary>
    public Party PartyOf(IpAddress address)
    {
        int families = address.Family == IpFamily.IPv6 ? 2 : 1;
        Begin(3, families, 0);
        bool isFront = _fronts.TryGetValue(address, out List<(Protocol, ushort)>? front);
        if (isFront)
        {
            _buffer.Add((ulong)address.Value);
            _buffer.Add((ulong)(address.Value >> 64));
        }

        AddFacts(address, Snapshot.Members.Of(address), []);
        return new Party
        {
            End = FlowEnd.OfAddress(address),
            Base = End(),
            Families = families,
            IsFront = isFront,
            MeetsNodes = _frontsOfHosts.Contains(address),
            SourceCuts = PortCuts.None,
            DestinationCuts = isFront ? PortCuts.Of(front!) : PortCuts.None,
        };
    }

    private static int FamiliesOf(EquatableArray<IpAddress> addresses) =>
        addresses.Count == 0 ? 3 : addresses.Aggregate(0, (bits, a) => bits | (a.Family == IpFamily.IPv6 ? 2 : 1));

    // Nothing but the built-in profile: every flow passes, whatever its ends.
    private static bool IsOpen(EndpointProgram program) =>
        !program.HasEnforcedPolicies
        && program.Profiles is [{ Rules: [{ Action: RuleAction.Allow, Alternatives: [{ Match: var match }] }, ..] }, ..]
        && match == RuleMatch.Everything;

    private bool Matters(Node node, IEnumerable<Endpoint> hostEndpoints) =>
        hostEndpoints.Any() || node.EndpointToHost != EndpointToHostAction.Accept || Snapshot.Options.HostInput != HostInput.Accept;

    private PortCuts CutsOf(Node node, IEnumerable<Endpoint> hostEndpoints)
    {
        Endpoint[] own = [.. hostEndpoints];
        if (own.Length == 0)
        {
            return PortCuts.None;
        }

        PortCuts cuts = PortCuts.Of(node);
        foreach (Endpoint endpoint in own)
        {
            foreach (PolicyStage stage in Enum.GetValues<PolicyStage>())
            {
                cuts = cuts.With(CutsOf(Snapshot.ProgramOf(endpoint, stage, Direction.Ingress)))
                    .With(CutsOf(Snapshot.ProgramOf(endpoint, stage, Direction.Egress)));
            }
        }

        return cuts;
    }

    private PortCuts CutsOf(EndpointProgram program)
    {
        if (!_cutsOfProgram.TryGetValue(program, out PortCuts? cuts))
        {
            _cutsOfProgram[program] = cuts = PortCuts.Of(program);
        }

        return cuts;
    }

    private int IdOf(EndpointProgram program)
    {
        if (!_programs.TryGetValue(program, out int id))
        {
            _programs[program] = id = _programs.Count;
        }

        return id;
    }

    // A Service that is reached by an address makes its backends differ from pods that policy sees no difference to.
    private void Collect(Service service, int index)
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

                List<ulong> services = CollectionsMarshal.GetValueRefOrAddDefault(_servicesOfEndpoint, backend.Endpoint, out _) ??= [];
                services.Add(Pack((uint)index, ((uint)p << 18) | ((uint)backend.Port << 2) | (isFirst ? 2u : 0u) | (backend.IsReady ? 1u : 0u)));
            }
        }
    }

    private void Begin(int kind, int families, int nodeClass)
    {
        _buffer.Clear();
        _buffer.Add(Pack((uint)((kind << 2) | families), (uint)nodeClass));
    }

    // What rules can see of an end in one family.
    private void AddFacts(IpAddress address, int[] members, HashSet<(Protocol, ushort)> named)
    {
        int start = _buffer.Count;
        AddSelectors(members);
        IpPrefix[] nets = _features.NetsOf(address.Family);
        for (int i = 0; i < nets.Length; i += 64)
        {
            ulong bits = 0;
            for (int n = i; n < Math.Min(i + 64, nets.Length); n++)
            {
                bits |= nets[n].Contains(address) ? 1UL << (n - i) : 0;
            }

            _buffer.Add(bits);
        }

        for (int s = 0; s < _features.Services.Length; s++)
        {
            AddList(
            [
                .. _features.Services[s]
                    .Where(b => b.Endpoint >= 0 ? members.Contains(b.Endpoint) : b.Address == address && address != default)
                    .Select(b => Pack(b.Protocol.Number, b.Port)),
            ]);
        }

        AddNamedPorts(members, named);
        _buffer.Add(Pack((uint)(_buffer.Count - start), uint.MaxValue));
    }

    // Each owner of the address counts for itself: one and the same must be selected and have the port (Calico specification §3.5).
    private void AddNamedPorts(int[] members, HashSet<(Protocol, ushort)> named)
    {
        if (_features.PortNames.Count == 0)
        {
            return;
        }

        foreach (int member in members)
        {
            if (Snapshot.Cluster.SelectableAt(member) is not Endpoint { Ports.IsEmpty: false } endpoint)
            {
                continue;
            }

            NamedPort[] ports = [.. endpoint.Ports.Where(p => _features.PortNames.Contains(p.Name))];
            if (ports.Length == 0)
            {
                continue;
            }

            named.UnionWith(ports.Select(p => (p.Protocol, p.Number)));
            AddSelectors([member]);
            string text = string.Join('\n', ports.Select(p => $"{p.Name} {p.Protocol} {p.Number} {p.OfInitContainer}").Order(StringComparer.Ordinal));
            _buffer.Add((ulong)text.Length);
            _buffer.AddRange(text.Select(c => (ulong)c));
        }
    }

    private void AddSelectors(ReadOnlySpan<int> members)
    {
        _selectors.Clear();
        foreach (int member in members)
        {
            foreach (int selector in Snapshot.ClassOf(member).Matched)
            {
                if (_features.Selectors.Contains(selector))
                {
                    _selectors.Add(selector);
                }
            }
        }

        _buffer.Add((ulong)_selectors.Count);
        foreach (int selector in _selectors)
        {
            _buffer.Add((ulong)selector);
        }
    }

    private void AddList(List<ulong>? values)
    {
        _buffer.Add((ulong)(values?.Count ?? 0));
        _buffer.AddRange(values is null ? [] : values.Order());
    }

    private string End() => new(MemoryMarshal.Cast<ulong, char>(CollectionsMarshal.AsSpan(_buffer)));

    private static ulong Pack(uint high, uint low) => ((ulong)high << 32) | low;
}
