using System.Net;
using NetPolicy.Enforce.Simulation;
using SimulatedPacket = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Lab;

/// <summary>A node of a <see cref="LabInterpreter"/>: its ruleset, routes and translations.</summary>
internal sealed class LabSimulatedHost
{
    private readonly LabPlan _plan;
    private readonly NftMachine _machine;
    private readonly PacketWalk _walk;
    private readonly HashSet<WireAddress> _own;
    private readonly Dictionary<WireAddress, string> _routes = [];
    private readonly Dictionary<string, LabPod> _podsByInterface = new(StringComparer.Ordinal);
    private readonly Dictionary<(WireAddress Front, byte Protocol, ushort Port, bool Inside), List<LabService>> _services = [];
    private IPEndPoint? _backend;

    internal LabSimulatedHost(LabTopology topology, LabNode node, NftRuleset ruleset, bool recordsTrace = false)
    {
        _plan = new LabPlan(topology, node);
        _own = [.. Addresses.Select(WireAddress.From)];
        foreach (LabClient client in topology.Clients)
        {
            foreach (IPAddress address in client.Addresses)
            {
                _routes.TryAdd(WireAddress.From(address), Outside(client.Interface));
            }
        }

        foreach (LabPod pod in Pods)
        {
            _podsByInterface.Add(pod.Interface, pod);
            foreach (IPAddress address in pod.Addresses)
            {
                _routes[WireAddress.From(address)] = pod.Interface;
            }
        }

        foreach (LabService service in topology.Services.Where(service => service.Node is null || service.Node == node.Name).OrderBy(service => service.Scope))
        {
            AddService(service);
        }

        _machine = new NftMachine(ruleset) { Fib = Fib, RecordsTrace = recordsTrace };
        _walk = new PacketWalk(_machine, new HostModel { Route = state => Route(Destination(state)), Dnat = Translate });
    }

    internal string Name => _plan.Node.Name;

    internal IReadOnlyList<LabPod> Pods => _plan.Pods;

    internal IEnumerable<IPAddress> Addresses => _plan.Addresses;

    /// <summary>The outside interface of this name, or the first.</summary>
    internal string Outside(string? name) => _plan.OutsideAt(_plan.OutsideIndex(name))!.Name;

    internal LabPod? PodBehind(string name) => _podsByInterface.GetValueOrDefault(name);

    internal WalkOutcome Walk(SimulatedPacket packet, IPEndPoint? backend)
    {
        _walk.Conntrack.Clear();
        _backend = backend;
        return packet.InputInterface is null ? _walk.Send(packet) : _walk.Receive(packet);
    }

    internal void AddCounters(SortedDictionary<string, ulong> sum)
    {
        foreach (NftRule rule in _machine.Ruleset.Tables.SelectMany(table => table.Chains).SelectMany(chain => chain.Rules))
        {
            if (rule.Comment is { } comment && rule.Instructions.Any(instruction => instruction is CountInstruction))
            {
                sum[comment] = sum.GetValueOrDefault(comment) + (ulong)_machine.CounterOf(rule).Packets;
            }
        }
    }

    // The scope that the kernel asks first comes first, and the first that translates decides.
    private void AddService(LabService service)
    {
        foreach (WireAddress front in _plan.Fronts(service).Select(WireAddress.From))
        {
            foreach (bool inside in (ReadOnlySpan<bool>)[true, false])
            {
                if (service.Scope != (inside ? LabServiceScope.Outside : LabServiceScope.Inside))
                {
                    (WireAddress, byte, ushort, bool) key = (front, service.Protocol, service.Port, inside);
                    if (!_services.TryGetValue(key, out List<LabService>? members))
                    {
                        _services.Add(key, members = []);
                    }

                    if (members.Count == 0 || members[0].Scope == service.Scope)
                    {
                        members.Add(service);
                    }
                }
            }
        }
    }

    private NatBinding? Translate(PacketState state)
    {
        bool inside = state.InputInterface is not { } input || _podsByInterface.ContainsKey(input) || input == "lo";
        if (!IpProtocol.HasPorts(state.Packet.Protocol)
            || !_services.TryGetValue((Destination(state), state.Packet.Protocol, state.DestinationPort ?? 0, inside), out List<LabService>? members))
        {
            return null;
        }

        LabService chosen = members.Find(member => member.BackendAddress.Equals(_backend?.Address) && member.BackendPort == _backend.Port) ?? members[0];
        return new NatBinding(NatKind.Destination, WireAddress.From(chosen.BackendAddress).Bits, chosen.BackendPort);
    }

    private RouteDecision Route(WireAddress destination) => _own.Contains(destination)
        ? RouteDecision.Local
        : RouteDecision.Through(_routes.GetValueOrDefault(destination) ?? _plan.Node.Interface);

    private FibAnswer Fib(FibKeys keys, PacketState state)
    {
        WireAddress address = keys.HasFlag(FibKeys.Source) ? Of(state, state.Source) : Destination(state);
        RouteDecision route = Route(address);
        string? name = route.IsLocal ? "lo" : route.OutputInterface;
        bool elsewhere = (keys.HasFlag(FibKeys.Input) && name != state.InputInterface) || (keys.HasFlag(FibKeys.Output) && name != state.OutputInterface);
        return new FibAnswer(elsewhere ? null : name, route.IsLocal ? FibAddressType.Local : FibAddressType.Unicast);
    }

    private static WireAddress Destination(PacketState state) => Of(state, state.Destination);

    private static WireAddress Of(PacketState state, UInt128 address) => new((byte)(state.Packet.Family == PacketFamily.IPv6 ? 16 : 4), address);
}
