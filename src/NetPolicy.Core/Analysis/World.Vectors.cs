using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>What programs say of all peers: one vector per program, filled with what they say of whom they do not name, then with what they say of those they do.</summary>
internal sealed partial class World
{
    private readonly Dictionary<(EndpointProgram Program, int Self), EndVector> _vectors = [];
    private const int FewVectors = 32;
    private int[] _nothingInside = [];
    private OutsideRuns? _nothingOutside;
    private Tiles _tiles = null!;
    private object _outside = new();
    private object? _inventoryOfOutside;
    private Dictionary<int, List<Peer>> _peersBySelector = [];
    private Dictionary<int, List<(int First, int End)>> _tilesBySelector = [];
    private List<(IpAddress Address, Peer Peer)> _peersByAddress = [];

    /// <summary>What nodes and other ends without programs say of peers, one more than the number.</summary>
    public int[] NothingInside => _nothingInside;

    /// <summary>What they say of outside addresses.</summary>
    public OutsideRuns NothingOutside => _nothingOutside!;

    /// <summary>Makes what is missing, so that <see cref="VectorOf"/> has what the places of this pass say.</summary>
    public void MakeVectors(Tiles tiles, IEnumerable<Place> places)
    {
        if (!ReferenceEquals(_tiles, tiles) || (_sets.Length > 0 && !ReferenceEquals(_inventoryOfOutside, Inventory)))
        {
            _outside = new object();
            _tiles = tiles;
            _nothingOutside = new OutsideRuns([0, tiles.Split], [_tables.Nothing[1], _tables.Nothing[2]], _outside);
        }

        _inventoryOfOutside = Inventory;
        if (_nothingInside.Length < _peers.Count)
        {
            Array.Resize(ref _nothingInside, Room(_peers.Count));
        }

        foreach (Peer peer in _met)
        {
            _nothingInside[peer.Id] = _tables.Nothing[peer.Families] + 1;
        }

        List<EndVector> fresh = [], known = [];
        foreach (Place place in places)
        {
            if (!place.IsNode && !place.IsSpecial)
            {
                Add(place, place.Key.Egress!);
                Add(place, place.Key.Ingress!);
            }
        }

        foreach (((EndpointProgram, int) key, EndVector vector) in _vectors)
        {
            if (vector.Pass != _pass)
            {
                _vectors.Remove(key);
            }
        }

        Peer[] newcomers = [.. _met.Where(p => p.IsFresh)];
        bool areFew = fresh.Count <= FewVectors;
        if (fresh.Count > 0 || known.Exists(v => v.Outside!.Tiles != _outside))
        {
            IndexTiles();
        }

        if (!areFew)
        {
            IndexPeers();
        }

        UsualVectors usual = new(_met);
        Parallel.For(0, fresh.Count, () => new NamedPeers(_peers.Count), (i, _, named) => Fill(fresh[i], areFew, usual, named), static _ => { });
        if (newcomers.Length > 0 || known.Exists(v => v.Outside!.Tiles != _outside))
        {
            Parallel.For(0, known.Count, i => BringUpToDate(known[i], newcomers));
        }

        void Add(Place place, EndpointProgram program)
        {
            ref EndVector? vector = ref CollectionsMarshal.GetValueRefOrAddDefault(_vectors, KeyOf(place, program), out bool isKnown);
            vector ??= new EndVector(program, place.Peer, place.End.Index);
            if (vector.Pass != _pass)
            {
                vector.Pass = _pass;
                vector.Endpoint = place.End.Index;
                vector.Self = place.Peer;
                (isKnown ? known : fresh).Add(vector);
            }
        }
    }

    /// <summary>What a workload's end says, made in this pass.</summary>
    public EndVector VectorOf(Place place, Direction direction)
    {
        EndpointProgram program = direction == Direction.Egress ? place.Key.Egress! : place.Key.Ingress!;
        return _vectors[KeyOf(place, program)];
    }

    private static int Room(int count) => count + (count / 4) + 64;

    // The end itself makes a difference only if the rules ask for its own side.
    private (EndpointProgram, int) KeyOf(Place place, EndpointProgram program) => (program, SideOf(program, own: true).IsTrivial ? -1 : place.Peer.Id);

    private SideFacts SideOf(EndpointProgram program, bool own) =>
        (program.Direction == Direction.Egress) == own ? _features.FactsOf(program).Source : _features.FactsOf(program).Destination;

    private void IndexPeers()
    {
        _peersBySelector = [];
        _peersByAddress = new List<(IpAddress, Peer)>(_met.Count);
        foreach (Peer peer in _met)
        {
            foreach (int selector in peer.Selectors)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_peersBySelector, selector, out _) ??= []).Add(peer);
            }

            foreach (IpFamily family in Families)
            {
                if (peer.FactsOf(family).Address is var address && address != default)
                {
                    _peersByAddress.Add((address, peer));
                }
            }
        }

        _peersByAddress.Sort(static (a, b) => a.Address.CompareTo(b.Address));
    }

    private void IndexTiles()
    {
        _tilesBySelector = [];
        foreach (NetworkSet set in _sets)
        {
            foreach (int selector in _selectorSetList[_factsOfClass[Snapshot.ClassIdOf(set.Index)]!.Selectors])
            {
                List<(int, int)> ranges = CollectionsMarshal.GetValueRefOrAddDefault(_tilesBySelector, selector, out _) ??= [];
                foreach (IpPrefix net in set.Nets)
                {
                    ranges.Add(_tiles.Within(net));
                }
            }
        }
    }

    private NamedPeers Fill(EndVector vector, bool areFew, UsualVectors usual, NamedPeers named)
    {
        int[] inside = usual.Of(families => Say(vector, families, new PeerFacts(default, []), new PeerFacts(default, [])), Room(_peers.Count));
        SideFacts side = SideOf(vector.Program, own: false);
        if (side.AsksForMore)
        {
            foreach (Peer peer in _met)
            {
                inside[peer.Id] = Say(vector, peer);
            }
        }
        else
        {
            Dictionary<(UInt128 Conditions, int Families), int> said = [];
            if (areFew)
            {
                FindNamed(side, named);
            }
            else
            {
                FindNamedByIndex(side, named);
            }

            foreach (Peer peer in named)
            {
                // Peers of the same selectors and blocks are told the same; one that its families tell apart is asked for itself.
                if (peer.IsSplit)
                {
                    inside[peer.Id] = Say(vector, peer);
                    continue;
                }

                ref int known = ref CollectionsMarshal.GetValueRefOrAddDefault(said, (named.ConditionsOf(peer), peer.Families), out bool isKnown);
                inside[peer.Id] = known = isKnown ? known : Say(vector, peer);
            }
        }

        vector.Inside = inside;
        vector.Outside = MakeOutside(vector, side);
        named.Clear();
        return named;
    }

    // The peers that selectors or blocks of a side name, and which ones. By going through all peers.
    private void FindNamed(SideFacts side, NamedPeers named)
    {
        Dictionary<int, UInt128> selectors = side.Selectors.ToDictionary(_features.NumberOf, _features.KeyOf);
        (IpPrefix Net, UInt128 Key)[] nets = [.. side.Nets.Select(n => (n, _features.KeyOf(n)))];
        foreach (Peer peer in _met)
        {
            foreach (int selector in peer.Selectors)
            {
                if (selectors.TryGetValue(selector, out UInt128 key))
                {
                    named.Add(peer, key);
                }
            }

            foreach ((IpPrefix net, UInt128 key) in nets)
            {
                if (net.Contains(peer.FactsOf(net.Family).Address))
                {
                    named.Add(peer, key);
                }
            }
        }
    }

    // The same by looking them up.
    private void FindNamedByIndex(SideFacts side, NamedPeers named)
    {
        foreach (CompiledSelector selector in side.Selectors)
        {
            UInt128 key = _features.KeyOf(selector);
            foreach (Peer peer in _peersBySelector.GetValueOrDefault(_features.NumberOf(selector)) ?? [])
            {
                named.Add(peer, key);
            }
        }

        foreach (IpPrefix net in side.Nets)
        {
            UInt128 key = _features.KeyOf(net);
            for (int i = FirstPeer(net.First); i < _peersByAddress.Count && _peersByAddress[i].Address <= net.Last && _peersByAddress[i].Address.Family == net.Family; i++)
            {
                named.Add(_peersByAddress[i].Peer, key);
            }
        }
    }

    private int FirstPeer(IpAddress address)
    {
        int low = 0, high = _peersByAddress.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _peersByAddress[middle].Address < address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    // Numbers of peers that are there stay; a longer vector is another one, so that whoever reads the old one goes on.
    private void BringUpToDate(EndVector vector, Peer[] newcomers)
    {
        foreach (Peer peer in newcomers)
        {
            if (peer.Id >= vector.Inside.Length)
            {
                int[] longer = vector.Inside;
                Array.Resize(ref longer, Room(_peers.Count));
                vector.Inside = longer;
            }

            if (vector.Inside[peer.Id] == 0)
            {
                vector.Inside[peer.Id] = Say(vector, peer);
            }
        }

        if (vector.Outside!.Tiles != _outside)
        {
            vector.Outside = MakeOutside(vector, SideOf(vector.Program, own: false));
        }
    }

    private OutsideRuns MakeOutside(EndVector vector, SideFacts side)
    {
        List<int> cuts = [0, _tiles.Split];
        foreach (IpPrefix net in side.Nets)
        {
            (int first, int end) = _tiles.Within(net);
            cuts.Add(first);
            cuts.Add(end);
        }

        foreach (IpAddress backend in side.Backends)
        {
            (int first, int end) = _tiles.Within(IpPrefix.Single(backend));
            cuts.Add(first);
            cuts.Add(end);
        }

        if (_sets.Length > 0)
        {
            foreach (CompiledSelector selector in side.Selectors)
            {
                foreach ((int first, int end) in _tilesBySelector.GetValueOrDefault(_features.NumberOf(selector)) ?? [])
                {
                    cuts.Add(first);
                    cuts.Add(end);
                }
            }
        }

        cuts.Sort();
        List<int> firsts = [], values = [];
        int last = -1;
        foreach (int cut in cuts)
        {
            if (cut == last || cut >= _tiles.Count)
            {
                continue;
            }

            last = cut;
            IpAddress address = _tiles.Representatives[cut];
            PeerFacts facts = new(address, Snapshot.Members.Of(address));
            int said = Say(vector, address.Family == IpFamily.IPv6 ? 2 : 1, facts, facts) - 1;
            if (values.Count == 0 || values[^1] != said)
            {
                firsts.Add(cut);
                values.Add(said);
            }
        }

        return new OutsideRuns([.. firsts], [.. values], _outside);
    }

    private int Say(EndVector vector, Peer peer) => Say(vector, peer.Families, peer.Facts4, peer.Facts6);

    private int Say(EndVector vector, int families, in PeerFacts v4, in PeerFacts v6) => _tables.Side(
        (families & 1) != 0 ? Say(vector, IpFamily.IPv4, v4) : -1, (families & 2) != 0 ? Say(vector, IpFamily.IPv6, v6) : -1) + 1;

    private int Say(EndVector vector, IpFamily family, in PeerFacts peer)
    {
        PeerFacts own = vector.Self.FactsOf(family);
        bool isSource = vector.Program.Direction == Direction.Egress;
        PeerFacts source = isSource ? own : peer, destination = isSource ? peer : own;
        DecisionIndex? index = vector.Program.IndexFor(Snapshot);
        DecisionTable? table = index?.TableOf(Snapshot, family, source, destination);
        if (table is not null && vector.Known.TryGetValue(table, out int known))
        {
            return known;
        }

        ProgramFacts facts = _features.FactsOf(vector.Program);
        TrafficSegment[][] segments = new TrafficSegment[PortCuts.Protocols.Length][];
        PortCuts? cuts = table is null ? facts.Cuts.With(PortCuts.Of(NamedPortsOf(destination.Members))) : null;
        List<TrafficSegment> list = [];
        for (int p = 0; p < segments.Length; p++)
        {
            list.Clear();
            Packet packet = new(family, PortCuts.Protocols[p], 1, -1, -1, -1, null, null);
            if (table is not null && !AsksForPorts(vector.Program, table, PortCuts.Protocols[p]))
            {
                Append(1, ushort.MaxValue, Decide(packet.WithPort(-1), source, destination));
            }
            else if (table is not null)
            {
                PortOutcomes outcomes = index!.PortsOf(Snapshot, table, packet, source, destination);
                for (int i = 0; i < outcomes.Firsts.Length; i++)
                {
                    int end = i + 1 < outcomes.Firsts.Length ? outcomes.Firsts[i + 1] - 1 : ushort.MaxValue;
                    if (end > 0)
                    {
                        EndDecision decision = vector.Program.Decisions[outcomes.Outcomes[i], vector.Program.Direction, Snapshot.Cluster.SelectableAt(vector.Endpoint)];
                        Append(Math.Max(1, (int)outcomes.Firsts[i]), end, _tables.Answer((int)decision.Verdict));
                    }
                }
            }
            else
            {
                ReadOnlySpan<int> starts = cuts![p];
                int start = 1;
                for (int i = 0; i <= starts.Length; i++)
                {
                    int end = i < starts.Length ? starts[i] - 1 : ushort.MaxValue;
                    if (end >= start)
                    {
                        Append(start, end, Decide(packet.WithPort(start), source, destination));
                        start = end + 1;
                    }
                }
            }

            segments[p] = [.. list];
        }

        Protocol icmp = family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp;
        byte untyped = Decide(new Packet(family, icmp, -1, -1, -1, -1, null, null), source, destination), ofType = untyped;
        List<(int, int, byte)> types = [];
        foreach ((int type, int code) in facts.IcmpTypes)
        {
            if (type is < 0 or > 255 || code > 255)
            {
                continue;
            }

            byte answer = Decide(new Packet(family, icmp, -1, -1, type, code < 0 ? -1 : code, null, null), source, destination);
            if (code < 0)
            {
                ofType = answer;
            }

            if (answer != (code < 0 ? untyped : ofType))
            {
                types.Add((type, code, answer));
            }
        }

        int id = _tables.Intern(new EndTable(segments, untyped, [.. types]));
        if (table is not null)
        {
            vector.Known[table] = id;
        }

        return id;

        void Append(int first, int end, byte answer)
        {
            if (list.Count > 0 && list[^1].Answer == answer)
            {
                list[^1] = list[^1] with { Last = (ushort)end };
            }
            else
            {
                list.Add(new TrafficSegment((ushort)first, (ushort)end, answer));
            }
        }

        byte Decide(in Packet packet, in PeerFacts from, in PeerFacts to) =>
            _tables.Answer((int)Snapshot.Decide(vector.Program, vector.Endpoint, vector.Program.Direction, packet, from, to).Verdict);
    }

    // Most of what is left of a program for a pair of peers leaves most protocols alone.
    private static bool AsksForPorts(EndpointProgram program, DecisionTable table, Protocol protocol)
    {
        ReadOnlySpan<DecisionLine> lines = program.Decisions.Lines;
        foreach (int index in table.Lines)
        {
            CompiledMatch match = lines[index].Match;
            if ((match.Match.Protocol is not { } own || own == protocol) && (match.Destination.Ports ?? match.Destination.NotPorts) is not null)
            {
                return true;
            }

            if (match.Destination.Service is not null)
            {
                return true;
            }
        }

        return false;
    }

    private List<(Protocol, ushort)> NamedPortsOf(int[] members)
    {
        List<(Protocol, ushort)> ports = [];
        foreach (int member in members)
        {
            ports.AddRange(Snapshot.ClassOf(member).Shape.Ports.Select(p => (p.Protocol, p.Number)));
        }

        return ports;
    }

    /// <summary>The peers that a side of a program names, with the conditions that name them as exclusive or of random numbers. Used again and again.</summary>
    private sealed class NamedPeers(int peers)
    {
        private readonly UInt128[] _conditions = new UInt128[peers];
        private readonly List<Peer> _peers = [];

        public void Add(Peer peer, UInt128 key)
        {
            if (_conditions[peer.Id] == 0)
            {
                _peers.Add(peer);
            }

            _conditions[peer.Id] ^= key;
        }

        public UInt128 ConditionsOf(Peer peer) => _conditions[peer.Id];

        public List<Peer>.Enumerator GetEnumerator() => _peers.GetEnumerator();

        public void Clear()
        {
            foreach (Peer peer in _peers)
            {
                _conditions[peer.Id] = 0;
            }

            _peers.Clear();
        }
    }

    /// <summary>Vectors of programs that name nobody; most programs name few, and many say the same of all others.</summary>
    private sealed class UsualVectors(List<Peer> peers)
    {
        private readonly bool[] _occur = [.. Enumerable.Range(0, 4).Select(families => peers.Exists(p => p.Families == families))];
        private readonly Dictionary<(int, int, int, int), int[]> _known = [];

        /// <summary>A new vector with what is said of unnamed peers by their families.</summary>
        public int[] Of(Func<int, int> say, int length)
        {
            int[] said = new int[4];
            for (int families = 0; families < said.Length; families++)
            {
                said[families] = _occur[families] ? say(families) : 0;
            }

            int[]? known;
            lock (_known)
            {
                ref int[]? vector = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, (said[0], said[1], said[2], said[3]), out _);
                if (vector is null)
                {
                    vector = new int[length];
                    foreach (Peer peer in peers)
                    {
                        vector[peer.Id] = said[peer.Families];
                    }
                }

                known = vector;
            }

            return (int[])known.Clone();
        }
    }
}
