using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NetPolicy.Enforce.Lab;

/// <summary>
/// A cluster in which every pod has a network namespace of its own with its addresses, and real sockets talk: a probe passes when its
/// connection was made, a question was answered, and another one on the established connection too.
/// </summary>
/// <remarks>
/// Slower than <see cref="PacketLab"/> by far, but it proves what one packet cannot: that answers come back. TCP and UDP only. Servers answer
/// on the pods' <see cref="LabPod.Listen"/> ports, and are started where a probe goes, so that a closed port is never taken for a rejection.
/// Clients are addresses of one namespace that all nodes' outside interfaces lead to; what they send to a service's own address enters the first
/// node, all else the node that has the destination. Nothing outside the lab's namespaces is touched, and the
/// kernel removes them when this process ends.
/// </remarks>
public sealed class SocketLab : IDisposable
{
    private const int Together = 256;
    private const int FirstTable = 100;

    /// <summary>Numbers of the nodes' interfaces, far from those of the other ends: a pair of equal numbers gets its carrier noticed up to a second late.</summary>
    private const int FirstIndex = 1000;


    private readonly Dictionary<string, LabHost> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NetworkNamespace> _pods = new(StringComparer.Ordinal);
    private readonly NetworkNamespace _outside = NetworkNamespace.CreateAnonymous();
    private readonly LabSockets _sockets = new();
    private readonly LabOptions _options;

    private SocketLab(LabTopology topology, LabOptions options)
    {
        Topology = topology;
        _options = options;
    }

    /// <summary>What was built.</summary>
    public LabTopology Topology { get; }

    /// <summary>Builds a lab. Needs what <see cref="LabSupport.Check"/> says; takes some 10 ms per pod.</summary>
    /// <exception cref="ArgumentException">The topology contradicts itself.</exception>
    /// <exception cref="LabException">The machine refused.</exception>
    public static SocketLab Build(LabTopology topology, LabOptions? options = null)
    {
        LabTopologyCheck.Check(topology);
        NetworkNamespace.Sweep();
        SocketLab lab = new(topology, options ?? LabOptions.Default);
        try
        {
            lab.BuildNodes();
            lab.BuildOutside();
            lab.AwaitCarriers();
            lab.LoadRuleset("");
            lab.ListenEverywhere();
            return lab;
        }
        catch
        {
            lab.Dispose();
            throw;
        }
    }

    /// <summary>The namespace of a node.</summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public NetworkNamespace Host(string node) => Find(node).Namespace;

    /// <summary>The namespace of a pod.</summary>
    /// <exception cref="ArgumentException">There is no such pod.</exception>
    public NetworkNamespace Pod(string id) =>
        _pods.TryGetValue(id, out NetworkNamespace? pod) ? pod : throw new ArgumentException($"the lab has no pod `{id}`", nameof(id));

    /// <summary>Replaces the ruleset of every node by this text.</summary>
    /// <exception cref="LabException"><c>nft</c> refused the text; the nodes are then without rules.</exception>
    public void LoadRuleset(string text)
    {
        foreach (LabNode node in Topology.Nodes)
        {
            LoadRuleset(node.Name, text);
        }
    }

    /// <summary>Replaces the ruleset of one node by this text, and forgets its connections.</summary>
    /// <exception cref="LabException"><c>nft</c> refused the text; the node is then without rules.</exception>
    public void LoadRuleset(string node, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Find(node).LoadRuleset(text);
    }

    /// <summary>Runs an nft text on a node on top of what is loaded; connections stay.</summary>
    /// <exception cref="LabException"><c>nft</c> refused the text; nothing has changed.</exception>
    public void ApplyRuleset(string node, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Find(node).LoadText(text);
    }

    /// <summary>What the counters of a node's ruleset have counted since it was loaded: packets by comment, in ordinal order.</summary>
    /// <exception cref="LabException"><c>nft</c> failed.</exception>
    public IReadOnlyDictionary<string, ulong> ReadCounters(string node) => Find(node).ReadCounters();

    /// <summary>Opens a connection and keeps it. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">The probe names nothing that exists, or is not of TCP or UDP.</exception>
    public LabConnection Open(LabProbe probe) => Start(probe).GetAwaiter().GetResult();

    /// <summary>Makes a connection for every probe, many at a time, and says what became of it, in the order given. All are closed again.</summary>
    /// <exception cref="ArgumentException">A probe names nothing that exists, or is not of TCP or UDP.</exception>
    public IReadOnlyList<LabResult> Run(IReadOnlyList<LabProbe> probes)
    {
        ArgumentNullException.ThrowIfNull(probes);
        List<LabResult> results = new(probes.Count);
        foreach (LabProbe[] some in probes.Chunk(Together))
        {
            LabConnection[] connections = Task.WhenAll(some.Select(Start)).GetAwaiter().GetResult();
            foreach (LabConnection connection in connections)
            {
                results.Add(connection.Result);
                connection.Dispose();
            }
        }

        return results;
    }

    /// <summary>Makes one connection and closes it.</summary>
    public LabResult Run(LabProbe probe) => Run([probe])[0];

    /// <summary>Ends the lab and everything in it.</summary>
    public void Dispose()
    {
        _sockets.Dispose();
        foreach (LabHost host in _hosts.Values)
        {
            host.Dispose();
        }

        foreach (NetworkNamespace pod in _pods.Values)
        {
            pod.Dispose();
        }

        _outside.Dispose();
    }

    private void BuildNodes()
    {
        foreach (LabNode node in Topology.Nodes)
        {
            LabPlan plan = new(Topology, node);
            LabHost host = LabHost.Create(plan, _options);
            _hosts.Add(node.Name, host);
            StringBuilder links = new();
            int outside = 0;
            int index = FirstIndex;
            foreach (LabInterface one in plan.Outside)
            {
                LabPlan.Line(links, $"link add dev {one.Name} index {index++} address {LabPlan.Hardware(LabPlan.HostHardware)} type veth peer name {OutsideName(node, outside++)} address {LabPlan.Hardware(LabPlan.PeerHardware)} netns {_outside.Path}");
            }

            foreach (LabPod pod in plan.Pods)
            {
                NetworkNamespace space = NetworkNamespace.CreateAnonymous();
                _pods.Add(pod.Id, space);
                LabPlan.Line(links, $"link add dev {pod.Interface} index {index++} address {LabPlan.Hardware(LabPlan.HostHardware)} type veth peer name eth0 address {LabPlan.Hardware(LabPlan.PeerHardware)} netns {space.Path}");
            }

            host.Namespace.Run(() => LabHost.Batch(links.ToString()));
            foreach (LabPod pod in plan.Pods)
            {
                _pods[pod.Id].Run(() =>
                {
                    LabHost.Apply(LabHost.EndSettings);
                    LabHost.Batch(PodScript(pod));
                    LabHost.AwaitAddresses(pod.Addresses);
                });
            }

            host.Configure();
        }
    }

    private static string PodScript(LabPod pod)
    {
        StringBuilder script = new("link set dev lo up\nlink set dev eth0 up\n");
        foreach (IPAddress address in pod.Addresses)
        {
            bool v6 = WireAddress.IsIpv6(address);
            LabPlan.Line(script, $"addr add {address}/{LabPlan.Bits(address)} dev eth0{(v6 ? " nodad" : "")}");
        }

        LabPlan.Neighbour(script, LabPlan.Gateway4, "eth0", LabPlan.HostHardware);
        LabPlan.Neighbour(script, LabPlan.Gateway6, "eth0", LabPlan.HostHardware);
        LabPlan.Line(script, $"route add 0.0.0.0/0 via {LabPlan.Gateway4} dev eth0 onlink");
        LabPlan.Line(script, $"route add ::/0 via {LabPlan.Gateway6} dev eth0 onlink");
        return script.ToString();
    }

    /// <summary>The namespace that joins the nodes: it has the clients' addresses, and routes to every node and its pods.</summary>
    private void BuildOutside()
    {
        StringBuilder script = new("link set dev lo up\n");
        foreach (IPAddress address in Topology.Clients.SelectMany(client => client.Addresses).DistinctBy(WireAddress.From))
        {
            LabPlan.Line(script, $"addr add {address}/{LabPlan.Bits(address)} dev lo{(WireAddress.IsIpv6(address) ? " nodad" : "")}");
        }

        string[] interfaces = [.. Topology.Clients.Select(client => client.Interface).OfType<string>().Distinct()];
        foreach (LabClient client in Topology.Clients.Where(client => client.Interface is not null))
        {
            foreach (IPAddress address in client.Addresses)
            {
                LabPlan.Line(script, $"rule add from {address} lookup {FirstTable + Array.IndexOf(interfaces, client.Interface)}");
            }
        }

        HashSet<WireAddress> routed = [];
        foreach (LabNode node in Topology.Nodes)
        {
            LabPlan plan = _hosts[node.Name].Plan;
            for (int at = 0; at < plan.Outside.Count; at++)
            {
                string device = OutsideName(node, at);
                LabPlan.Line(script, $"link set dev {device} up");
                LabPlan.Neighbour(script, LabPlan.Gateway4, device, LabPlan.HostHardware);
                LabPlan.Neighbour(script, LabPlan.Gateway6, device, LabPlan.HostHardware);
                foreach (IPAddress address in plan.Outside[at].Addresses)
                {
                    Route(address, LabPlan.Bits(address), device);
                }
            }

            foreach (IPAddress address in plan.Pods.SelectMany(pod => pod.Addresses))
            {
                Route(address, LabPlan.Bits(address), OutsideName(node, 0));
            }

            foreach (IPAddress front in node == Topology.Nodes[0] ? Topology.Services.Select(service => service.FrontAddress).OfType<IPAddress>() : [])
            {
                Route(front, LabPlan.Bits(front), OutsideName(node, 0));
            }

            for (int at = 0; at < interfaces.Length; at++)
            {
                string device = OutsideName(node, plan.OutsideIndex(interfaces[at]) - plan.OutsideIndex(null));
                foreach (IPAddress address in plan.Addresses.Concat(plan.Pods.SelectMany(pod => pod.Addresses)))
                {
                    LabPlan.Line(script, $"route replace {address}/{LabPlan.Bits(address)} via {(WireAddress.IsIpv6(address) ? LabPlan.Gateway6 : LabPlan.Gateway4)} dev {device} onlink table {FirstTable + at}");
                }
            }
        }

        _outside.Run(() =>
        {
            LabHost.Apply(LabHost.EndSettings);
            LabHost.Apply([("ipv4/ip_forward", "1"), ("ipv6/conf/all/forwarding", "1"), ("ipv4/conf/all/rp_filter", "0")]);
            LabHost.Batch(script.ToString());
            LabHost.AwaitAddresses(Topology.Clients.SelectMany(client => client.Addresses));
        });

        void Route(IPAddress address, int bits, string device)
        {
            if (routed.Add(WireAddress.From(address)))
            {
                LabPlan.Line(script, $"route add {address}/{bits} via {(WireAddress.IsIpv6(address) ? LabPlan.Gateway6 : LabPlan.Gateway4)} dev {device} onlink");
            }
        }
    }

    /// <summary>Waits until the kernel has noticed that both ends of every pair are up; until then the end opened first drops all it is to send.</summary>
    private void AwaitCarriers()
    {
        foreach (NetworkNamespace space in _hosts.Values.Select(host => host.Namespace).Concat(_pods.Values).Append(_outside))
        {
            long started = Environment.TickCount64;
            while (space.RunProcess("ip", ["-o", "link", "show", "up", "type", "veth"]).ThrowIfFailed().Output is string links
                && (links.Contains("qdisc noop ", StringComparison.Ordinal) || links.Contains("NO-CARRIER", StringComparison.Ordinal)))
            {
                if (Environment.TickCount64 - started > 10_000)
                {
                    throw new LabException("interfaces of the lab have no carrier after ten seconds: " + links.Trim());
                }

                Thread.Sleep(1);
            }
        }
    }

    private void ListenEverywhere()
    {
        foreach (LabPod pod in Topology.Pods)
        {
            foreach (LabPort port in pod.Listen ?? [])
            {
                if (port.Protocol is IpProtocol.Tcp or IpProtocol.Udp)
                {
                    foreach (IPAddress address in pod.Addresses)
                    {
                        _sockets.Listen(_pods[pod.Id], new LabPlace(LabPlaceKind.Pod, pod.Id), address, port.Protocol, port.Port);
                    }
                }
            }
        }
    }

    private Task<LabConnection> Start(LabProbe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        if (probe.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp))
        {
            throw Bad(probe, $"protocol {probe.Protocol} has no sockets here, TCP (6) or UDP (17) expected");
        }

        if (probe.EnterNode is not null || probe.EnterInterface is not null)
        {
            throw Bad(probe, "sockets go where the routes lead, no node or interface to enter expected");
        }

        (NetworkNamespace space, IReadOnlyList<IPAddress> addresses) = Sender(probe);
        IPAddress source = (probe.SourceAddress is null ? addresses : addresses.Where(probe.SourceAddress.Equals))
            .FirstOrDefault(address => WireAddress.SameFamily(address, probe.Destination))
            ?? throw Bad(probe, $"`{probe.Source.Name}` has no such address of the family of `{probe.Destination}`");
        ListenAt(probe);
        Socket socket = LabSockets.Open(space, source.AddressFamily, probe.Protocol);
        socket.Bind(new IPEndPoint(source, probe.SourcePort ?? 0));
        return LabConnection.Open(socket, _sockets, probe, _options.Patience);
    }

    private (NetworkNamespace Space, IReadOnlyList<IPAddress> Addresses) Sender(LabProbe probe)
    {
        string name = probe.Source.Name;
        switch (probe.Source.Kind)
        {
            case LabSourceKind.Pod when Topology.Pods.FirstOrDefault(pod => pod.Id == name) is LabPod pod:
                return (_pods[name], pod.Addresses);
            case LabSourceKind.Host when _hosts.TryGetValue(name, out LabHost? host):
                return (host.Namespace, [.. host.Plan.Addresses]);
            case LabSourceKind.Client when Topology.Clients.FirstOrDefault(client => client.Id == name) is LabClient client:
                return (_outside, client.Addresses);
            default:
                throw Bad(probe, $"the lab has no {probe.Source.Kind.ToString().ToLowerInvariant()} `{name}`");
        }
    }

    /// <summary>Starts servers wherever the probe may arrive: at the backends of the service it is sent to, else at its destination.</summary>
    private void ListenAt(LabProbe probe)
    {
        WireAddress destination = WireAddress.From(probe.Destination);
        LabService[] services = [.. Topology.Services.Where(service => service.Protocol == probe.Protocol
            && service.Port == probe.DestinationPort
            && (service.FrontAddress is null
                ? WireAddress.SameFamily(service.BackendAddress, probe.Destination) && _hosts.Values.Any(host => host.Plan.Addresses.Any(address => WireAddress.From(address) == destination))
                : WireAddress.From(service.FrontAddress) == destination))];
        foreach (LabService service in services)
        {
            ListenAt(probe, service.BackendAddress, service.BackendPort);
        }

        if (services.Length == 0)
        {
            ListenAt(probe, probe.Destination, probe.DestinationPort);
        }
    }

    private void ListenAt(LabProbe probe, IPAddress address, ushort port)
    {
        WireAddress wire = WireAddress.From(address);
        bool Has(IEnumerable<IPAddress> addresses) => addresses.Any(one => WireAddress.From(one) == wire);
        if (_hosts.FirstOrDefault(host => Has(host.Value.Plan.Addresses)) is { Value: LabHost host })
        {
            _sockets.Listen(host.Namespace, new LabPlace(LabPlaceKind.Host, host.Plan.Node.Name), address, probe.Protocol, port);
        }
        else if (Topology.Pods.FirstOrDefault(pod => Has(pod.Addresses)) is LabPod pod)
        {
            _sockets.Listen(_pods[pod.Id], new LabPlace(LabPlaceKind.Pod, pod.Id), address, probe.Protocol, port);
        }
        else if (Topology.Clients.FirstOrDefault(client => Has(client.Addresses)) is LabClient client)
        {
            _sockets.Listen(_outside, new LabPlace(LabPlaceKind.Outside, client.Id), address, probe.Protocol, port);
        }
        else
        {
            throw Bad(probe, $"nobody in the lab has address `{address}`");
        }
    }

    private string OutsideName(LabNode node, int number) => string.Create(
        CultureInfo.InvariantCulture, $"n{Topology.Nodes.TakeWhile(other => other.Name != node.Name).Count()}o{number}");

    private LabHost Find(string node) =>
        _hosts.TryGetValue(node, out LabHost? host) ? host : throw new ArgumentException($"the lab has no node `{node}`", nameof(node));

    private static ArgumentException Bad(LabProbe probe, string why) => new($"probe `{probe.Id}`: {why}");
}
