using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Laws.Worlds;

/// <summary>Makes flows in a world: any two ends, and often such that some rule has something to say about them.</summary>
internal sealed class FlowMaker
{
    private static readonly string[] Protocols = ["TCP", "UDP", "SCTP", "ICMP", "ICMPv6", "47", "UDPLite"];
    private static readonly int[] Ports = [1, 22, 52, 53, 54, 79, 80, 81, 82, 443, 8079, 8080, 8081, 30080, 30082, 65535];

    private readonly Dice _dice;
    private readonly World _world;
    private readonly List<FlowHint> _hints;
    private readonly (string Id, string Namespace, EquatableArray<string> Addresses, PodSpec? Spec)[] _pods;
    private readonly string[] _workloads;
    private readonly string[] _nodes;
    private readonly string[] _nodeAddresses;
    private readonly string[] _hostAddresses;
    private readonly ServiceManifest[] _services;
    private readonly bool _hosts;
    private readonly bool _http;
    private readonly bool _clusterPolicies;
    private readonly bool _isTangible;
    private readonly bool _seesSourcePorts;

    public FlowMaker(Dice dice, World world, WorldShape shape)
    {
        _isTangible = shape.IsTangible;
        _dice = dice;
        _world = world;
        _hints = FlowHints.Of(world);
        _pods =
        [
            .. world.All<PodManifest>().Select(p => ($"{p.EffectiveNamespace}/{p.Metadata.Name}", p.EffectiveNamespace!, p.Addresses, (PodSpec?)p.Spec)),
            .. world.All<WorkloadEndpointManifest>()
                .Where(w => w.Spec!.Pod is null)
                .Select(w => ($"{w.EffectiveNamespace}/{w.Metadata.Name}", w.EffectiveNamespace!, w.Spec!.IpNetworks ?? default, (PodSpec?)null)),
        ];
        _workloads = [.. world.All<WorkloadManifest>().Select(w => $"{w.Kind.ToLowerInvariant()}:{w.EffectiveNamespace}/{w.Metadata.Name}")];
        _nodeAddresses = [.. world.All<NodeManifest>().SelectMany(n => n.Addresses)];
        _hostAddresses = [.. world.All<HostEndpointManifest>().SelectMany(h => h.Spec!.ExpectedIPs ?? default), "172.16.0.1"];
        _nodes =
        [
            .. world.All<NodeManifest>().Select(n => n.Metadata.Name!)
                .Concat(world.All<PodManifest>().Where(p => !IsOverridden(p)).Select(p => p.Spec.NodeName).OfType<string>())
                .Concat(world.All<HostEndpointManifest>().Select(h => h.Spec!.Node!))
                .Distinct(),
        ];
        _services = [.. world.All<ServiceManifest>()];
        _hosts = world.All<HostEndpointManifest>().Any();
        _seesSourcePorts = _hints.Exists(h => h.SourcePort is not null || h.SourcePortName is not null);
        _clusterPolicies = shape.Cluster;
        _http = _hints.Exists(h => h.HttpMethod is not null);
    }

    // A WorkloadEndpoint wins over the pod of its name, whose node may then be nobody's.
    private bool IsOverridden(PodManifest pod) => _world.All<WorkloadEndpointManifest>()
        .Any(w => w.Spec!.Pod == pod.Metadata.Name && w.EffectiveNamespace == pod.EffectiveNamespace);

    public FlowRequest Next()
    {
        FlowRequest flow = Make();
        for (int i = 0; i < 4 && !CanMeet(flow) && _dice.Chance(85); i++)
        {
            flow = Make();
        }

        return _isTangible ? AsPacket(flow) : flow;
    }

    // A packet has a source port or an ICMP type and code, whether a flow tells them or not; and routers do not forward neighbour discovery.
    private FlowRequest AsPacket(FlowRequest flow)
    {
        if (flow.Protocol is "ICMP" or "ICMPv6" or "1" or "58")
        {
            bool six = flow.Protocol is "ICMPv6" or "58";
            bool isNeighbour = six && flow.To.StartsWith("host:", StringComparison.Ordinal) && flow.IcmpType is 131 or 135 or 136;
            return flow with
            {
                IcmpType = isNeighbour && IsOwnNode(flow) ? flow.IcmpType : six ? 128 : _dice.Weighted((80, 8), (10, 13), (10, 17)),
                IcmpCode = isNeighbour ? 0 : flow.IcmpCode ?? 0,
                IpFamily = six ? "IPv6" : "IPv4",
            };
        }

        return flow.Protocol is "TCP" or "UDP" or "SCTP" or "6" or "17" or "132"
            ? flow with { Port = flow.Port ?? 80, SourcePort = flow.SourcePort ?? (_seesSourcePorts ? _dice.Between(33000, 61000) : null) }
            : flow;
    }

    private bool IsOwnNode(FlowRequest flow) =>
        _world.All<PodManifest>().Any(p => flow.From == $"{p.EffectiveNamespace}/{p.Metadata.Name}" && flow.To == "host:" + p.Spec.NodeName && !IsOverridden(p));

    // Two ends of which one has addresses of a family that the other lacks say little, however often they are asked.
    private bool CanMeet(FlowRequest flow)
    {
        int both = Families(flow.From) & Families(flow.To);
        return (flow.IpFamily switch { null => both, "IPv4" => both & 1, _ => both & 2 }) != 0;
    }

    private int Families(string end)
    {
        EquatableArray<string> addresses = end.StartsWith("host:", StringComparison.Ordinal)
            ? _world.All<NodeManifest>().FirstOrDefault(n => n.Metadata.Name == end[5..])?.Addresses ?? default
            : end.StartsWith("svc:", StringComparison.Ordinal)
                ? _services.First(s => "svc:" + s.EffectiveNamespace + "/" + s.Metadata.Name == end).ClusterIPs.Where(ip => ip != "None").ToEquatableArray()
                : end.Contains('/', StringComparison.Ordinal) ? _pods.FirstOrDefault(p => p.Id == end).Addresses : [end];
        return addresses.IsEmpty
            ? 3
            : addresses.Select(address => address.Contains(':', StringComparison.Ordinal) ? 2 : 1).Aggregate(0, (all, one) => all | one);
    }

    private FlowRequest Make()
    {
        if (_dice.Chance(4) && OwnNode() is { } toOwnNode)
        {
            return toOwnNode;
        }

        FlowHint hint = _hints.Count > 0 && _dice.Chance(60) ? _dice.PickFrom(_hints) : new FlowHint();
        if (_clusterPolicies && _dice.Chance(6) && ThroughOwnService() is { } hairpin)
        {
            return hairpin;
        }

        string? source = Host(hint, isSource: true) ?? (_dice.Chance(60) ? Block(hint.SourceBlock) : null);
        string? destination = Host(hint, isSource: false) ?? (_dice.Chance(60) ? Block(hint.DestinationBlock) ?? (hint.DestinationIsNode ? NodeEnd() : null) : null);
        if (hint.SubjectNamespace is { } subject && _dice.Chance(70))
        {
            source ??= hint.IsIngress ? null : PodIn(subject);
            destination ??= hint.IsIngress ? PodIn(subject) : null;
        }

        string protocol = hint.Protocol ?? (hint.Port is not null || hint.PortName is not null ? "TCP" : Protocol());
        int? port = hint.Port is { } near ? Near(near) : _dice.PickFrom(Ports);
        if (hint.PortName is { } name && Named(name) is { } named)
        {
            destination = named.Id;
            port = named.Port;
            protocol = hint.Protocol ?? named.Protocol;
        }

        if (hint.DestinationService is { } dialledService && BackendOf(dialledService) is { } backend && _dice.Chance(90))
        {
            (destination, port, protocol) = backend;
        }

        if (hint.SourceService is { } clients && BackendOf(clients) is { } one && _dice.Chance(90))
        {
            source = one.End;
        }

        int? sourcePort = hint.SourcePort is { } number ? Near(number) : _dice.Chance(25) ? _dice.PickFrom(Ports) : null;
        if (hint.SourcePortName is { } sourceName && Named(sourceName) is { } client)
        {
            source = client.Id;
            sourcePort = client.Port;
            protocol = hint.Protocol ?? client.Protocol;
        }

        if (destination is null && _services.Length > 0 && _dice.Chance(_dice.Chance(50) ? 22 : 8))
        {
            ServiceEnd(out destination, ref protocol, ref port);
        }

        bool withPorts = protocol is "TCP" or "UDP" or "SCTP" or "6" or "17" or "132";
        bool icmp = protocol is "ICMP" or "ICMPv6" or "1" or "58";
        string? family = hint.Family is { } wanted ? Family(wanted) : protocol == "ICMPv6" ? "IPv6" : _dice.Weighted((80, null), (8, "IPv4"), (12, "IPv6"));
        return new FlowRequest
        {
            From = source ?? End(),
            To = destination ?? End(),
            Protocol = protocol,
            Port = withPorts && !_dice.Chance(2) ? port : null,
            SourcePort = withPorts ? sourcePort : null,
            IcmpType = icmp && _dice.Chance(90) ? hint.IcmpType is { } type && _dice.Chance(75) ? type : _dice.Pick(0, 3, 8, 128, 135) : null,
            IcmpCode = icmp && _dice.Chance(70) ? hint.IcmpCode is { } code && _dice.Chance(75) ? code : _dice.Pick(0, 1) : null,
            IpFamily = family,
            OutInterface = Interface(),
            InInterface = Interface(),
            HttpMethod = _http && _dice.Chance(70) ? hint.HttpMethod ?? _dice.Pick("GET", "PUT", "get") : null,
            HttpPath = _http && _dice.Chance(70) ? Path(hint.HttpPath) : null,
        };
    }

    // What a pod sends to the node it runs on goes its own way.
    private FlowRequest? OwnNode()
    {
        PodManifest[] placed = [.. _world.All<PodManifest>().Where(p => p.Spec.NodeName is not null && !p.Spec.HostNetwork && !IsOverridden(p))];
        if (placed.Length == 0)
        {
            return null;
        }

        PodManifest pod = _dice.PickFrom(placed);
        string protocol = _dice.Weighted((45, "TCP"), (15, "UDP"), (40, "ICMPv6"));
        bool icmp = protocol == "ICMPv6";
        return new FlowRequest
        {
            From = $"{pod.EffectiveNamespace}/{pod.Metadata.Name}",
            To = "host:" + pod.Spec.NodeName,
            Protocol = protocol,
            Port = icmp ? null : _dice.PickFrom(Ports),
            IcmpType = icmp ? _dice.Pick(128, 130, 131, 132, 133, 134, 135, 136) : null,
            IpFamily = icmp ? "IPv6" : null,
        };
    }

    // A node by name or address, or a hostNetwork pod.
    private string? NodeEnd()
    {
        string[] ends =
        [
            .. _nodes.Select(node => "host:" + node),
            .. _nodeAddresses,
            .. _world.All<PodManifest>().Where(p => p.Spec.HostNetwork).Select(p => $"{p.EffectiveNamespace}/{p.Metadata.Name}"),
        ];
        return ends.Length == 0 ? null : _dice.PickFrom(ends);
    }

    // A pod that dials a Service which may lead back to it.
    private FlowRequest? ThroughOwnService()
    {
        (ServiceManifest Service, PodManifest Pod)[] pairs =
        [
            .. from service in _services
               where service.Selector is { IsEmpty: false } && !service.Ports.IsEmpty
               from pod in _world.All<PodManifest>()
               where pod.EffectiveNamespace == service.EffectiveNamespace && !pod.Spec.HostNetwork && IsSelected(service, pod)
               select (service, pod),
        ];
        if (pairs.Length == 0)
        {
            return null;
        }

        (ServiceManifest dialled, PodManifest client) = _dice.PickFrom(pairs);
        ServicePortSpec port = _dice.PickFrom(dialled.Ports);
        string[] ends = ["svc:" + dialled.EffectiveNamespace + "/" + dialled.Metadata.Name, .. dialled.ClusterIPs.Where(ip => ip != "None"), .. dialled.ExternalIPs, .. dialled.LoadBalancerIPs];
        return new FlowRequest
        {
            From = $"{client.EffectiveNamespace}/{client.Metadata.Name}",
            To = _dice.PickFrom(ends),
            Protocol = port.Protocol ?? "TCP",
            Port = port.Port,
            IpFamily = _dice.Weighted((80, null), (8, "IPv4"), (12, "IPv6")),
        };
    }

    private static bool IsSelected(ServiceManifest service, PodManifest pod) =>
        service.Selector!.Value.All(pair => pod.Metadata.Labels is { } labels && labels.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    private string Protocol() => _dice.Weighted((48, "TCP"), (18, "UDP"), (10, "SCTP"), (10, "ICMP"), (6, "ICMPv6"), (4, "47"), (2, "UDPLite"), (2, "6"));

    private static string Family(int version) => version == 4 ? "IPv4" : "IPv6";

    private int Near(int port) => Math.Clamp(_dice.Weighted((60, port), (20, port - 1), (20, port + 1)), 1, 65535);

    private string? Host(FlowHint hint, bool isSource) =>
        hint.SubjectIsHost && hint.IsIngress != isSource && _nodes.Length > 0 && _dice.Chance(45) ? "host:" + _dice.PickFrom(_nodes) : null;

    private string? Block(string? block) => block is null ? null : _dice.PickFrom(Prefixes.Edges(block));

    private string? PodIn(string @namespace)
    {
        string[] inside = [.. _pods.Where(p => p.Namespace == @namespace).Select(p => p.Id)];
        return inside.Length == 0 ? null : _dice.PickFrom(inside);
    }

    private (string Id, int Port, string Protocol)? Named(string name)
    {
        (string, int, string)[] ports =
        [
            .. from pod in _pods
               from port in pod.Spec?.Ports ?? default
               where port.Name == name
               select (pod.Id, port.Number, port.Protocol ?? "TCP"),
        ];
        return ports.Length == 0 || _dice.Chance(15) ? null : _dice.PickFrom(ports);
    }

    // An address that a slice lists, or the Service itself, or a pod that it may select.
    private (string End, int? Port, string Protocol)? BackendOf(string name)
    {
        ServiceManifest? service = Array.Find(_services, s => $"{s.EffectiveNamespace}/{s.Metadata.Name}" == name);
        if (service is null || service.Ports.IsEmpty)
        {
            return null;
        }

        EndpointSliceManifest? slice = _world.All<EndpointSliceManifest>().FirstOrDefault(s => s.ServiceName == service.Metadata.Name && s.EffectiveNamespace == service.EffectiveNamespace);
        if (slice is not null && !slice.Endpoints.IsEmpty && !slice.Ports.IsEmpty)
        {
            ServicePortSpec listed = _dice.PickFrom(slice.Ports);
            return (_dice.PickFrom(_dice.PickFrom(slice.Endpoints).Addresses), listed.Port, listed.Protocol ?? "TCP");
        }

        ServicePortSpec port = _dice.PickFrom(service.Ports);
        PodManifest[] selected =
        [
            .. _world.All<PodManifest>().Where(p => p.EffectiveNamespace == service.EffectiveNamespace
                && service.Selector is { IsEmpty: false } selector
                && selector.All(pair => p.Metadata.Labels is { } labels && labels.TryGetValue(pair.Key, out string? value) && value == pair.Value)),
        ];
        if (selected.Length == 0)
        {
            return null;
        }

        PodManifest pod = _dice.PickFrom(selected);
        int? target = port.TargetPort is { } named
            ? named.IsNumber ? named.Number : pod.Spec.Ports.FirstOrDefault(p => p.Name == named.Text)?.Number
            : port.Port;
        return ($"{pod.EffectiveNamespace}/{pod.Metadata.Name}", target, port.Protocol ?? "TCP");
    }

    private string End() => _dice.Weighted((58, 0), (12, 1), (6, 2), (4, 3), (12, 4), (4, 5), (4, 6)) switch
    {
        1 when _pods.Any(p => !p.Addresses.IsEmpty) => AddressOfPod(),
        2 when _nodes.Length > 0 => "host:" + _dice.PickFrom(_nodes),
        3 when _nodeAddresses.Length > 0 => _dice.PickFrom(_nodeAddresses),
        4 => _dice.PickFrom(Prefixes.Outside),
        5 => _dice.PickFrom(Prefixes.Edges(_dice.PickFrom(Prefixes.Of(_dice.Chance(70) ? 4 : 6)))),
        6 when _workloads.Length > 0 => _dice.PickFrom(_workloads),
        6 when _hosts => _dice.PickFrom(_hostAddresses).Split('/')[0],
        _ => _pods.Length == 0 ? _dice.PickFrom(Prefixes.Outside) : _dice.PickFrom(_pods).Id,
    };

    private string AddressOfPod()
    {
        string[] addresses = [.. _pods.SelectMany(p => p.Addresses)];
        return _dice.PickFrom(addresses).Split('/')[0];
    }

    private void ServiceEnd(out string? destination, ref string protocol, ref int? port)
    {
        ServiceManifest service = _dice.PickFrom(_services);
        List<string> ends = ["svc:" + service.EffectiveNamespace + "/" + service.Metadata.Name];
        ends.AddRange(service.ClusterIPs.Where(ip => ip != "None").Concat(service.ExternalIPs).Concat(service.LoadBalancerIPs));
        ServicePortSpec? dialled = service.Ports.IsEmpty ? null : _dice.PickFrom(service.Ports);
        if (dialled?.NodePort is not null && _dice.Chance(40) && _nodes.Length > 0)
        {
            ends = [.. _nodes.Select(n => "host:" + n), .. _nodeAddresses];
            port = dialled.NodePort;
        }
        else if (dialled is not null && _dice.Chance(90))
        {
            port = dialled.Port;
        }

        protocol = dialled is not null && _dice.Chance(92) ? dialled.Protocol ?? "TCP" : protocol;
        destination = _dice.PickFrom(ends);
    }

    private string? Interface() => _hosts && _dice.Chance(35) ? _dice.Pick("eth0", "eth1", "eth2", "lo") : null;

    private string? Path(string? hinted) => _dice.Weighted((60, hinted ?? "/"), (10, (hinted ?? "") + "/x"), (10, "/a/../b"), (10, "/%61"), (5, "/a;x=1?q"), (5, "x"));
}
