using System.Runtime.InteropServices;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <content>The ends: which place an endpoint or node has, and what peers see of it.</content>
internal sealed partial class World
{
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
            if (!ReferenceEquals(known.Selectable, endpoint) || !ReferenceEquals(known.Class, facts) || SharesAddress(endpoint))
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

    // What rules see of it depends on other owners of its addresses too, and on sets that hold them.
    private bool SharesAddress(Endpoint endpoint)
    {
        if (Snapshot.Members.AreWorkloadsAlone)
        {
            return false;
        }

        foreach (IpAddress address in endpoint.Addresses.AsSpan())
        {
            if (Snapshot.Members.Of(address) is not [var only] || only != endpoint.Index)
            {
                return true;
            }
        }

        return false;
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
}
