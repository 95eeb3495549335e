using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NetPolicy.Addresses;
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
            FlowEndKind.Endpoint => ((Endpoint)Cluster.Selectables[end.Index]).AddressOf(family),
            FlowEndKind.Node => Cluster.Nodes[end.Index].Addresses.AsEnumerable().FirstOrDefault(one => one.Family == family),
            FlowEndKind.None or FlowEndKind.Service => default,
            _ => throw new ArgumentOutOfRangeException(nameof(end)),
        };
        whyNot = address == default ? "an end has no address" : null;
        return whyNot is null && TryPlace(address, out place, out whyNot);
    }

    private bool TryPlace(IpAddress address, out Place place, out string? whyNot)
    {
        whyNot = null;
        place = new Place(PlaceKind.Outside, -1, -1, address);
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
            whyNot = $"`{Cluster.Selectables[place.Endpoint].Name}` is on no known node, so nothing enforces its policies";
            return false;
        }

        return true;
    }

    private bool IsInside(in Place place) => place.Kind != PlaceKind.Outside && _nodes.ContainsKey(place.Node);

    /// <summary>Where a packet that reaches <paramref name="place"/> is seen.</summary>
    private LabPlace TargetAt(in Place place, ushort? port) => IsInside(place)
        ? place.Kind == PlaceKind.Pod
            ? new LabPlace(LabPlaceKind.Pod, Cluster.Selectables[place.Endpoint].Name, ToIPAddress(place.Address), port)
            : new LabPlace(LabPlaceKind.Host, _nodes[place.Node].Name)
        : new LabPlace(LabPlaceKind.Outside, place.Address.ToString(), ToIPAddress(place.Address), port);

    /// <summary>Maps one flow.</summary>
    private readonly struct Mapper(LabWorld world, Flow flow)
    {
        private readonly IpFamily _family = FamilyOf(world, flow);

        private Cluster Cluster => world.Cluster;

        private ushort? TargetPort(int port) => flow.Protocol.HasPorts ? (ushort)port : null;

        public string? Refusal()
        {
            bool v6 = _family == IpFamily.IPv6;
            return flow.HttpMethod is not null || flow.HttpPath is not null ? "HTTP is more than the first packet of a connection"
                : flow.Protocol == default ? "the flow has no protocol"
                : flow.Source.Kind == FlowEndKind.Endpoint && flow.Source == flow.Destination ? "what a pod sends to itself does not leave it"
                : _family == IpFamily.None ? "the ends have no address family in common"
                : flow.Protocol.HasPorts && flow.Port is null ? "the flow has no port"
                : flow.Protocol == (v6 ? Protocol.Icmp : Protocol.IcmpV6) || (v6 && IpProtocol.IsExtensionHeader(flow.Protocol.Number))
                    ? $"{flow.Protocol} is not sent over {_family}"
                : flow.Protocol.IsIcmp && flow.IcmpType is null ? "the flow has no ICMP type"
                : flow.Protocol.IsIcmp && !OpensConnection(v6, flow.IcmpType!.Value) ? string.Create(CultureInfo.InvariantCulture, $"ICMP type {flow.IcmpType} opens no connection")
                : null;
        }

        public List<LabPath> Paths(out string? whyNot)
        {
            List<LabPath> paths = [];
            if (!world.TryPlace(flow.Source, _family, out Place source, out whyNot))
            {
                return paths;
            }

            if (!TryFindFront(out Front front, out IpAddress dialled, out whyNot))
            {
                if (whyNot is null && world.TryPlace(flow.Destination, _family, out Place destination, out whyNot))
                {
                    List<LabLeg> legs = Direct(source, destination, destination.Address, flow.Port ?? 0, flow.Port ?? 0, out whyNot);
                    paths.Add(new LabPath(null, legs));
                }

                return paths;
            }

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

                if (!world.TryPlace(backend.Address, out Place end, out whyNot))
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

            whyNot = paths.Count == 0 ? $"{front.Service} has no backend" : null;
            return paths;
        }

        private List<LabLeg> ToBackend(Place source, Front front, IpAddress dialled, Place end, Backend backend, out string? whyNot)
        {
            bool fromCluster = source.Kind != PlaceKind.Outside;
            bool atSource = front.Service.IsHeadless
                || (fromCluster && (front.Kind == FrontKind.Cluster || (front.Kind == FrontKind.NodePort && front.Node == source.Node)));
            int dialledPort = flow.Port ?? 0;
            int port = front.Service.IsHeadless ? dialledPort : backend.Port;
            if (atSource)
            {
                // A node that is not under test has translated before its packet is seen.
                return front.Service.IsHeadless || dialled == default || !world.IsInside(source)
                    ? Direct(source, end, end.Address, port, port, out whyNot)
                    : Direct(source, end, dialled, dialledPort, port, out whyNot);
            }

            if (dialled == default)
            {
                whyNot = $"{front.Service} has no address to dial";
                return [];
            }

            int entry = front.Kind == FrontKind.NodePort ? front.Node : end.Node;
            bool translates = world._nodes.ContainsKey(entry);
            if (!world.IsInside(source))
            {
                return translates
                    ? [Leg(source, end, dialled, dialledPort, port, world._nodes[entry], out whyNot)]
                    : Direct(source, end, end.Address, port, port, out whyNot);
            }

            if (front.Kind == FrontKind.NodePort && translates)
            {
                return Direct(source, end, dialled, dialledPort, port, out whyNot);
            }

            // Out untranslated, and in again from outside.
            Place outside = new(PlaceKind.Outside, -1, -1, dialled);
            List<LabLeg> legs = Direct(source, outside, dialled, dialledPort, dialledPort, out whyNot);
            if (whyNot is null && world.IsInside(end))
            {
                Place again = new(PlaceKind.Outside, -1, -1, source.Address);
                legs.Add(translates
                    ? Leg(again, end, dialled, dialledPort, port, world._nodes[entry], out whyNot)
                    : Leg(again, end, end.Address, port, port, null, out whyNot));
            }

            return legs;
        }

        // One packet to `address`, which is the destination's or one that is translated on the way.
        private List<LabLeg> Direct(Place source, Place destination, IpAddress address, int dialledPort, int port, out string? whyNot)
        {
            if (!world.IsInside(source) && !world.IsInside(destination))
            {
                whyNot = "no node under test sees it";
                return [];
            }

            if (source.Kind == PlaceKind.Pod && source.Endpoint == destination.Endpoint && source.Address == destination.Address && address == destination.Address)
            {
                whyNot = "what a pod sends to itself does not leave it";
                return [];
            }

            return [Leg(source, destination, address, dialledPort, port, null, out whyNot)];
        }

        private LabLeg Leg(Place source, Place destination, IpAddress address, int dialledPort, int port, LabNode? enter, out string? whyNot)
        {
            string? enterInterface = null;
            LabSource from;
            if (world.IsInside(source))
            {
                from = source.Kind == PlaceKind.Pod
                    ? LabSource.FromPod(Cluster.Selectables[source.Endpoint].Name)
                    : LabSource.FromHost(world._nodes[source.Node].Name);
                whyNot = CrossingRefusal(source, destination, address);
            }
            else
            {
                IpAddress own = source.Address;
                LabClient client = world._clients.GetValueOrDefault(own)
                    ?? world._clients[s_generic.First(one => one.Family == own.Family)];
                from = LabSource.FromClient(client.Id);
                LabNode entered = enter ?? world._nodes[destination.Node];
                enterInterface = flow.InInterface ?? entered.Interface;
                whyNot = HasInterface(entered, enterInterface) ? null : $"node `{entered.Name}` has no interface `{enterInterface}`";
            }

            LabProbe probe = new("", from, ToIPAddress(address), flow.Protocol.Number, (ushort)dialledPort)
            {
                SourcePort = flow.SourcePort,
                IcmpType = flow.IcmpType,
                IcmpCode = flow.IcmpCode,
                SourceAddress = ToIPAddress(source.Address),
                EnterNode = enter?.Name,
                EnterInterface = enterInterface,
            };
            return new LabLeg(probe, world.TargetAt(destination, TargetPort(port)));
        }

        // Whether the packet leaves and enters by the interfaces that the flow names.
        private string? CrossingRefusal(in Place source, in Place destination, IpAddress address)
        {
            if (source.Node == destination.Node && destination.Kind != PlaceKind.Outside)
            {
                return null;
            }

            LabNode left = world._nodes[source.Node];
            string exit = world._clients.GetValueOrDefault(address)?.Interface is { } behind && HasInterface(left, behind) ? behind : left.Interface;
            if ((flow.OutInterface ?? left.Interface) != exit)
            {
                return $"{address} is behind interface `{exit}` of node `{left.Name}`";
            }

            if (world.IsInside(destination))
            {
                LabNode entered = world._nodes[destination.Node];
                string entry = HasInterface(entered, exit) ? exit : entered.Interface;
                if ((flow.InInterface ?? entered.Interface) != entry)
                {
                    return $"what leaves by `{exit}` enters node `{entered.Name}` by `{entry}`";
                }
            }

            return null;
        }

        private static bool HasInterface(LabNode node, string name) =>
            node.Interface == name || node.ExtraInterfaces.Any(one => one.Name == name);

        private bool TryFindFront(out Front front, out IpAddress dialled, out string? whyNot)
        {
            front = default;
            dialled = flow.Destination.Address;
            whyNot = null;
            switch (flow.Destination.Kind)
            {
                case FlowEndKind.Address:
                    return Find(dialled, out front);
                case FlowEndKind.Node:
                    foreach (IpAddress address in Cluster.Nodes[flow.Destination.Index].Addresses)
                    {
                        if (address.Family == _family && Find(address, out front) && front.Kind == FrontKind.NodePort)
                        {
                            dialled = address;
                            return true;
                        }
                    }

                    return false;
                case FlowEndKind.Service:
                    Service service = Cluster.Services[flow.Destination.Index];
                    dialled = AddressOf(service);
                    if (service.IsHeadless)
                    {
                        front = new Front(service, null, FrontKind.Cluster, -1);
                        return true;
                    }

                    foreach (ServicePort port in service.Ports)
                    {
                        if (port.Protocol == flow.Protocol && port.Port == flow.Port)
                        {
                            front = new Front(service, port, FrontKind.Cluster, -1);
                            return true;
                        }
                    }

                    whyNot = $"{service} has no such port";
                    return false;
                case FlowEndKind.Endpoint:
                    return false;
                case FlowEndKind.None:
                    whyNot = "the flow has no destination";
                    return false;
                default:
                    throw new InvalidOperationException($"unknown end {flow.Destination}");
            }
        }

        private bool Find(IpAddress address, out Front front)
        {
            front = default;
            return flow.Port is { } port && world._fronts.TryGetValue((address, flow.Protocol.Number, port), out front);
        }

        // From inside a Service is dialled by its cluster address, from outside by its load balancer or external address if it has one.
        private IpAddress AddressOf(Service service)
        {
            IpFamily family = _family;
            IpAddress cluster = service.ClusterAddresses.AsEnumerable().FirstOrDefault(address => address.Family == family);
            IpAddress external = service.Addresses.AsEnumerable()
                .FirstOrDefault(address => address.Family == family && !service.ClusterAddresses.Contains(address));
            bool fromOutside = flow.Source.Kind == FlowEndKind.Address && !world._owners.ContainsKey(flow.Source.Address);
            return fromOutside && external != default ? external : cluster;
        }

        private static bool OpensConnection(bool v6, byte type) => v6 ? type is 128 or (>= 130 and <= 136) or 139 : type is 8 or 13 or 15 or 17;

        private static IpFamily FamilyOf(LabWorld world, in Flow flow)
        {
            FlowEnd source = flow.Source, destination = flow.Destination;
            bool Speak(IpFamily family) => Speaks(world, source, family) && Speaks(world, destination, family);
            return flow.Family != IpFamily.None ? Speak(flow.Family) ? flow.Family : IpFamily.None
                : Speak(IpFamily.IPv4) ? IpFamily.IPv4
                : Speak(IpFamily.IPv6) ? IpFamily.IPv6
                : IpFamily.None;
        }

        private static bool Speaks(LabWorld world, in FlowEnd end, IpFamily family) => end.Kind switch
        {
            _ when end.Address != default => end.Address.Family == family,
            FlowEndKind.Endpoint => HasFamily(((Endpoint)world.Cluster.Selectables[end.Index]).Addresses.AsEnumerable(), family),
            FlowEndKind.Node => HasFamily(world.Cluster.Nodes[end.Index].Addresses.AsEnumerable(), family),
            FlowEndKind.Service => world.Cluster.Services[end.Index] is var service
                && (service.ClusterAddresses.IsEmpty
                    ? service.Ports.AsEnumerable().SelectMany(port => port.Backends.AsEnumerable()).Concat(service.HeadlessBackends).Any(backend => backend.Address.Family == family)
                    : HasFamily(service.ClusterAddresses.AsEnumerable(), family)),
            FlowEndKind.Address or FlowEndKind.None => false,
            _ => throw new ArgumentOutOfRangeException(nameof(end)),
        };

        private static bool HasFamily(IEnumerable<IpAddress> addresses, IpFamily family) => addresses.Any(address => address.Family == family);
    }
}
