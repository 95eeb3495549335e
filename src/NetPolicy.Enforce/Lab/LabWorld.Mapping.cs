using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Lab;

/// <summary>Flows as packets.</summary>
public sealed partial class LabWorld
{
    /// <summary>The packets by which a flow is tried, or why it cannot be tried with packets.</summary>
    /// <param name="request">The flow in words.</param>
    /// <param name="mapping">Its packets.</param>
    /// <param name="whyNot">One line; null on success.</param>
    public bool TryMap(FlowRequest request, [NotNullWhen(true)] out LabMapping? mapping, [NotNullWhen(false)] out string? whyNot)
    {
        mapping = null;
        return Snapshot.TryResolve(request, out Flow flow, out whyNot) && TryMap(flow, out mapping, out whyNot);
    }

    /// <summary>The packets by which a flow is tried, or why it cannot be tried with packets.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="mapping">Its packets.</param>
    /// <param name="whyNot">One line; null on success.</param>
    public bool TryMap(in Flow flow, [NotNullWhen(true)] out LabMapping? mapping, [NotNullWhen(false)] out string? whyNot)
    {
        mapping = null;
        Mapper mapper = new(this, flow);
        whyNot = mapper.Refusal();
        if (whyNot is not null)
        {
            return false;
        }

        List<LabPath> paths = mapper.Paths(out whyNot);
        if (whyNot is null)
        {
            mapping = new LabMapping(flow, paths);
        }

        return whyNot is null;
    }

    private bool TryPlace(FlowEnd end, IpFamily family, out Place place, out string? whyNot)
    {
        place = default;
        IpAddress address = end.Kind switch
        {
            FlowEndKind.Address => end.Address,
            _ when end.Address != default => end.Address,
            FlowEndKind.Endpoint => ((Endpoint)Cluster.SelectableAt(end.Index)).AddressOf(family),
            FlowEndKind.Node => FirstOf(Cluster.NodeAt(end.Index).Addresses, family),
            FlowEndKind.HostNetworkPod => AddressOf(Cluster.HostNetworkPodAt(end.Index), family),
            FlowEndKind.None or FlowEndKind.Service => default,
            _ => throw new ArgumentOutOfRangeException(nameof(end)),
        };
        whyNot = address == default ? "an end has no address" : null;
        return whyNot is null && TryPlace(address, out place, out whyNot);
    }

    // A pod in its node's network has its own addresses, if it has any, else its node's.
    private IpAddress AddressOf(HostNetworkPod pod, IpFamily family) =>
        !pod.Addresses.IsEmpty ? FirstOf(pod.Addresses, family)
        : pod.Node is { } node ? FirstOf(Cluster.FindNode(node)!.Addresses, family)
        : default;

    private static IpAddress FirstOf(EquatableArray<IpAddress> addresses, IpFamily family) =>
        addresses.AsEnumerable().FirstOrDefault(address => address.Family == family);

    private bool TryPlace(IpAddress address, out Place place, out string? whyNot)
    {
        place = new Place(PlaceKind.Outside, -1, -1, address);
        whyNot = UnroutedRefusal(address);
        if (whyNot is not null)
        {
            return false;
        }

        if (!_owners.TryGetValue(address, out List<Place>? owners))
        {
            return true;
        }

        if (owners.Count > 1)
        {
            whyNot = $"several have address {address}";
            return false;
        }

        place = owners[0];
        if (place.Kind == PlaceKind.Pod && place.Node < 0)
        {
            whyNot = $"`{Cluster.SelectableAt(place.Endpoint).Name}` is on no known node, so nothing enforces its policies";
            return false;
        }

        return true;
    }

    private static string? UnroutedRefusal(IpAddress address) =>
        Array.Exists(s_unrouted, block => block.Contains(address)) ? $"packets from or to {address} are not routed" : null;

    private bool IsInside(in Place place) => place.Kind != PlaceKind.Outside && _nodes.ContainsKey(place.Node);

    /// <summary>Where a packet that reaches <paramref name="place"/> is seen.</summary>
    private LabPlace TargetAt(in Place place, ushort? port) => IsInside(place)
        ? place.Kind == PlaceKind.Pod
            ? new LabPlace(LabPlaceKind.Pod, Cluster.SelectableAt(place.Endpoint).Name, ToIPAddress(place.Address), port)
            : new LabPlace(LabPlaceKind.Host, _nodes[place.Node].Name)
        : new LabPlace(LabPlaceKind.Outside, place.Address.ToString(), ToIPAddress(place.Address), port);

    /// <summary>Maps one flow.</summary>
    private readonly struct Mapper
    {
        // The kernel looks into their headers and takes what it does not understand for invalid.
        private const byte Dccp = 33;
        private const byte UdpLite = 136;

        private readonly LabWorld _world;
        private readonly Flow _flow;
        private readonly Front? _front;
        private readonly IpFamily _family;
        private readonly string? _refusal;

        public Mapper(LabWorld world, in Flow flow)
        {
            _world = world;
            _flow = flow;
            _front = FindFront(out _refusal);
            _family = flow.Family != IpFamily.None ? Speak(flow.Family) ? flow.Family : IpFamily.None
                : Speak(IpFamily.IPv4) ? IpFamily.IPv4
                : Speak(IpFamily.IPv6) ? IpFamily.IPv6
                : IpFamily.None;
        }

        private Cluster Cluster => _world.Cluster;

        private ushort? TargetPort(int port) => _flow.Protocol.HasPorts ? (ushort)port : null;

        public string? Refusal()
        {
            bool v6 = _family == IpFamily.IPv6;
            return _refusal
                ?? (_flow.HttpMethod is not null || _flow.HttpPath is not null ? "HTTP is more than the first packet of a connection"
                : _flow.Protocol == default ? "the flow has no protocol"
                : _flow.Source.Kind == FlowEndKind.Endpoint && _flow.Source == _flow.Destination ? "what a pod sends to itself does not leave it"
                : _family == IpFamily.None ? "the ends have no address family in common"
                : _flow.Protocol.HasPorts && _flow.Port is null ? "the flow has no port"
                : _flow.Protocol == (v6 ? Protocol.Icmp : Protocol.IcmpV6) || (v6 && IpProtocol.IsExtensionHeader(_flow.Protocol.Number))
                    ? $"{_flow.Protocol} is not sent over {_family}"
                : _flow.Protocol.Number is Dccp or UdpLite ? $"packets of {_flow.Protocol} need a header that is not made here"
                : _flow.Protocol.IsIcmp && _flow.IcmpType is null ? "the flow has no ICMP type"
                : _flow.Protocol.IsIcmp && !OpensConnection(v6, _flow.IcmpType!.Value) ? string.Create(CultureInfo.InvariantCulture, $"ICMP type {_flow.IcmpType} opens no connection")
                : null);
        }

        public List<LabPath> Paths(out string? whyNot)
        {
            List<LabPath> paths = [];
            if (!_world.TryPlace(_flow.Source, _family, out Place source, out whyNot))
            {
                return paths;
            }

            if (_front is not { } front)
            {
                if (_world.TryPlace(_flow.Destination, _family, out Place destination, out whyNot))
                {
                    List<LabLeg> legs = Direct(source, destination, destination.Address, _flow.Port ?? 0, _flow.Port ?? 0, out whyNot);
                    paths.Add(new LabPath(null, legs));
                }

                return paths;
            }

            IpAddress dialled = DialledAddress(source, front);
            foreach (Backend backend in front.Backends)
            {
                if (!backend.IsReady || (backend.Address.Family != _family && backend.Address != default))
                {
                    continue;
                }

                if (backend.Address == default)
                {
                    whyNot = "a backend has no address";
                    return paths;
                }

                if (!_world.TryPlace(backend.Address, out Place end, out whyNot))
                {
                    return paths;
                }

                List<LabLeg> legs = ToBackend(source, front, dialled, end, backend, out whyNot);
                if (whyNot is not null)
                {
                    return paths;
                }

                paths.Add(new LabPath(backend, legs));
            }

            whyNot = paths.Count == 0 ? $"{front.Service} has no backend"
                : paths.Count > 1 && _flow.SourcePort is { } one ? string.Create(CultureInfo.InvariantCulture, $"{front.Service} has several backends, and source port {one} opens one connection")
                : null;
            return paths;
        }

        private List<LabLeg> ToBackend(Place source, Front front, IpAddress dialled, Place end, Backend backend, out string? whyNot)
        {
            bool fromCluster = source.Kind != PlaceKind.Outside;
            bool atSource = front.Service.IsHeadless
                || (fromCluster && (front.Kind == FrontKind.Cluster || (front.Kind == FrontKind.NodePort && front.Node == source.Node)));
            int dialledPort = _flow.Port ?? 0;
            int port = front.Service.IsHeadless ? dialledPort : backend.Port;
            if (atSource)
            {
                // A node that is not under test has translated before its packet is seen.
                return front.Service.IsHeadless || dialled == default || !_world.IsInside(source)
                    ? Direct(source, end, end.Address, port, port, out whyNot)
                    : Direct(source, end, dialled, dialledPort, port, out whyNot);
            }

            if (dialled == default)
            {
                whyNot = $"{front.Service} has no address to dial";
                return [];
            }

            int entry = front.Kind == FrontKind.NodePort ? front.Node : end.Node;
            bool translates = _world._nodes.ContainsKey(entry);
            if (!_world.IsInside(source))
            {
                List<LabLeg> arriving = translates
                    ? [Leg(source, end, dialled, dialledPort, port, _world._nodes[entry], out whyNot)]
                    : Direct(source, end, end.Address, port, port, out whyNot);
                whyNot ??= translates ? OnwardRefusal(entry, end) : null;
                return arriving;
            }

            if (front.Kind == FrontKind.NodePort && translates)
            {
                if (source.Node == end.Node)
                {
                    whyNot = ComesBack(end);
                    return [];
                }

                List<LabLeg> onward = Direct(source, end, dialled, dialledPort, port, out whyNot, _world._nodes[entry]);
                whyNot ??= OnwardRefusal(entry, end);
                return onward;
            }

            // Out untranslated, and in again from outside.
            Place outside = new(PlaceKind.Outside, -1, -1, dialled);
            List<LabLeg> legs = Direct(source, outside, dialled, dialledPort, dialledPort, out whyNot);
            if (whyNot is null && _world.IsInside(end))
            {
                if (source.Node == end.Node)
                {
                    whyNot = ComesBack(end);
                    return legs;
                }

                Place again = new(PlaceKind.Outside, -1, -1, source.Address);
                legs.Add(translates
                    ? Leg(again, end, dialled, dialledPort, port, _world._nodes[entry], out whyNot)
                    : Leg(again, end, end.Address, port, port, null, out whyNot));
            }

            return legs;
        }

        private string ComesBack(in Place end) =>
            $"it comes back to node `{_world._nodes[end.Node].Name}` from outside with a source of that node's own, which is taken for forged";

        // One packet to `address`, which is the destination's or one that is translated on the way.
        private List<LabLeg> Direct(
            Place source, Place destination, IpAddress address, int dialledPort, int port, out string? whyNot, LabNode? translator = null)
        {
            if (!_world.IsInside(source) && !_world.IsInside(destination))
            {
                whyNot = "no node under test sees it";
                return [];
            }

            if (source.Kind == PlaceKind.Pod && source.Endpoint == destination.Endpoint && source.Address == destination.Address && address == destination.Address)
            {
                whyNot = "what a pod sends to itself does not leave it";
                return [];
            }

            List<LabLeg> legs = [Leg(source, destination, address, dialledPort, port, null, out whyNot)];
            whyNot ??= translator is { } node ? EntryRefusal(_world._nodes[source.Node], node, address) : null;
            return legs;
        }

        private LabLeg Leg(Place source, Place destination, IpAddress address, int dialledPort, int port, LabNode? enter, out string? whyNot)
        {
            string? enterInterface = null;
            LabSource from;
            if (_world.IsInside(source))
            {
                from = source.Kind == PlaceKind.Pod
                    ? LabSource.FromPod(Cluster.SelectableAt(source.Endpoint).Name)
                    : LabSource.FromHost(_world._nodes[source.Node].Name);
                whyNot = CrossingRefusal(source, destination, address);
            }
            else
            {
                IpAddress own = source.Address;
                LabClient client = _world._clients.GetValueOrDefault(own)
                    ?? _world._clients[s_generic.First(one => one.Family == own.Family)];
                from = LabSource.FromClient(client.Id);
                LabNode entered = enter ?? _world._nodes[destination.Node];
                enterInterface = _flow.InInterface ?? entered.Interface;
                whyNot = HasInterface(entered, enterInterface) ? null : $"node `{entered.Name}` has no interface `{enterInterface}`";
            }

            whyNot ??= UnroutedRefusal(address);
            LabProbe probe = new("", from, ToIPAddress(address), _flow.Protocol.Number, (ushort)dialledPort)
            {
                SourcePort = _flow.SourcePort,
                IcmpType = _flow.IcmpType,
                IcmpCode = _flow.IcmpCode,
                SourceAddress = ToIPAddress(source.Address),
                EnterNode = enter?.Name,
                EnterInterface = enterInterface,
            };
            return new LabLeg(probe, _world.TargetAt(destination, TargetPort(port)));
        }

        // Whether the packet leaves and enters by the interfaces that the flow names.
        private string? CrossingRefusal(in Place source, in Place destination, IpAddress address)
        {
            if (source.Node == destination.Node && destination.Kind != PlaceKind.Outside)
            {
                return null;
            }

            LabNode left = _world._nodes[source.Node];
            string exit = ExitOf(left, address);
            return (_flow.OutInterface ?? left.Interface) != exit ? $"{address} is behind interface `{exit}` of node `{left.Name}`"
                : _world.IsInside(destination) ? EntryRefusal(left, _world._nodes[destination.Node], address)
                : null;
        }

        // The node at the other end, or the one that translates on the way.
        private string? EntryRefusal(LabNode left, LabNode entered, IpAddress address)
        {
            string exit = ExitOf(left, address);
            string entry = HasInterface(entered, exit) ? exit : entered.Interface;
            return (_flow.InInterface ?? entered.Interface) != entry ? $"what leaves by `{exit}` enters node `{entered.Name}` by `{entry}`" : null;
        }

        // From the node that translates to that of the backend, which the engine has it enter by the default interface, whatever the flow names.
        private string? OnwardRefusal(int entry, in Place end)
        {
            if (end.Node == entry || !_world.IsInside(end))
            {
                return null;
            }

            LabNode entered = _world._nodes[end.Node];
            string exit = ExitOf(_world._nodes[entry], end.Address);
            return HasInterface(entered, exit) && exit != entered.Interface ? $"what leaves by `{exit}` enters node `{entered.Name}` by `{exit}`" : null;
        }

        private string ExitOf(LabNode left, IpAddress address) =>
            _world._clients.GetValueOrDefault(address)?.Interface is { } behind && HasInterface(left, behind) ? behind : left.Interface;

        private static bool HasInterface(LabNode node, string name) =>
            node.Interface == name || node.ExtraInterfaces.Any(one => one.Name == name);

        private Front? FindFront(out string? refusal)
        {
            refusal = null;
            switch (_flow.Destination.Kind)
            {
                case FlowEndKind.Address:
                    return Find(_flow.Destination.Address)
                        ?? (Cluster.Nodes.FirstOrDefault(HasDestination) is { } owner ? FindNodePort(owner.Index) : null);
                case FlowEndKind.Node:
                    return FindNodePort(_flow.Destination.Index);
                case FlowEndKind.HostNetworkPod:
                    return Cluster.HostNetworkPodAt(_flow.Destination.Index).Node is { } node ? FindNodePort(Cluster.FindNode(node)!.Index) : null;
                case FlowEndKind.Service when Cluster.ServiceAt(_flow.Destination.Index) is { IsHeadless: true } headless:
                    return new Front(headless, null, FrontKind.Cluster, -1);
                case FlowEndKind.Service:
                    Service service = Cluster.ServiceAt(_flow.Destination.Index);
                    foreach (ServicePort port in service.Ports)
                    {
                        if (port.Protocol == _flow.Protocol && port.Port == _flow.Port)
                        {
                            return new Front(service, port, FrontKind.Cluster, -1);
                        }
                    }

                    refusal = $"{service} has no such port";
                    return null;
                case FlowEndKind.Endpoint:
                    return null;
                case FlowEndKind.None:
                    refusal = "the flow has no destination";
                    return null;
                default:
                    throw new InvalidOperationException($"unknown end {_flow.Destination}");
            }
        }

        private bool HasDestination(Node node) => node.Addresses.Contains(_flow.Destination.Address);

        private Front? Find(IpAddress address) =>
            _flow.Port is { } port && _world._fronts.TryGetValue((address, _flow.Protocol.Number, port), out Front front) ? front : null;

        private Front? FindNodePort(int node) =>
            _flow.Port is { } port && _world._nodePorts.TryGetValue((_flow.Protocol.Number, port), out Front front) ? front with { Node = node } : null;

        // By its name a Service is dialled from inside by its cluster address, from outside by its load balancer's or an external one if it has any.
        private IpAddress DialledAddress(in Place source, in Front front)
        {
            switch (_flow.Destination.Kind)
            {
                case FlowEndKind.Address:
                    return _flow.Destination.Address;
                case FlowEndKind.Node:
                    return FirstOf(Cluster.NodeAt(_flow.Destination.Index).Addresses, _family);
                case FlowEndKind.HostNetworkPod:
                    return _world.AddressOf(Cluster.HostNetworkPodAt(_flow.Destination.Index), _family);
                case FlowEndKind.Service or FlowEndKind.Endpoint or FlowEndKind.None:
                    IpAddress cluster = FirstOf(front.Service.ClusterAddresses, _family);
                    IpAddress outer = source.Kind == PlaceKind.Outside ? FirstOf(front.Service.OuterAddresses, _family) : default;
                    return outer != default ? outer : cluster;
                default:
                    throw new InvalidOperationException($"unknown end {_flow.Destination}");
            }
        }

        private static bool OpensConnection(bool v6, byte type) => v6 ? type is 128 or (>= 130 and <= 136) or 139 : type is 8 or 13 or 15 or 17;

        private bool Speak(IpFamily family) =>
            Speaks(_flow.Source, family)
            && (_flow.Destination.Kind == FlowEndKind.Service || Speaks(_flow.Destination, family))
            && (_front is not { } front || _flow.Destination.Kind == FlowEndKind.Address || ServiceSpeaks(front, family));

        private bool Speaks(in FlowEnd end, IpFamily family) => end.Kind switch
        {
            _ when end.Address != default => end.Address.Family == family,
            FlowEndKind.Endpoint => HasFamily(((Endpoint)Cluster.SelectableAt(end.Index)).Addresses, family),
            FlowEndKind.Node => HasFamily(Cluster.NodeAt(end.Index).Addresses, family),
            FlowEndKind.HostNetworkPod => _world.AddressOf(Cluster.HostNetworkPodAt(end.Index), family) != default,
            FlowEndKind.Address or FlowEndKind.Service or FlowEndKind.None => false,
            _ => throw new InvalidOperationException($"unknown end {end}"),
        };

        private static bool ServiceSpeaks(in Front front, IpFamily family) => front.Service.ClusterAddresses.IsEmpty
            ? front.Backends.AsEnumerable().Any(backend => backend.IsReady && backend.Address.Family == family)
            : HasFamily(front.Service.ClusterAddresses, family);

        private static bool HasFamily(EquatableArray<IpAddress> addresses, IpFamily family) => FirstOf(addresses, family) != default;
    }
}
