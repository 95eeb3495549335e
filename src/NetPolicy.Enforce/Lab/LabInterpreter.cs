using System.Net;
using NetPolicy.Enforce.Simulation;
using SimulatedPacket = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Lab;

/// <summary>
/// Does with rulesets as text what a <see cref="PacketLab"/> does with the kernel: the same nodes, routes and Services, and each probe as a new connection.
/// </summary>
/// <remarks>For one thread at a time. Counters grow from probe to probe.</remarks>
public sealed class LabInterpreter
{
    private const int MaximumHops = 8;
    private const byte Syn = 2;

    private readonly LabTopology _topology;
    private readonly Dictionary<string, LabSimulatedHost> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabClient> _clients;
    private readonly Dictionary<WireAddress, LabSimulatedHost> _owners = [];
    private ushort _lastPort;

    /// <summary>Prepares a cluster.</summary>
    /// <param name="topology">The cluster.</param>
    /// <param name="rulesets">By node; a node without one has no rules.</param>
    /// <param name="recordsTrace">True to note every rule that matched (<see cref="HookOutcome.Trace"/>).</param>
    public LabInterpreter(LabTopology topology, IReadOnlyDictionary<string, NftRuleset> rulesets, bool recordsTrace = false)
    {
        LabTopologyCheck.Check(topology);
        ArgumentNullException.ThrowIfNull(rulesets);
        _topology = topology;
        _clients = topology.Clients.ToDictionary(client => client.Id, StringComparer.Ordinal);
        foreach (LabNode node in topology.Nodes)
        {
            _hosts.Add(node.Name, new LabSimulatedHost(topology, node, rulesets.GetValueOrDefault(node.Name) ?? NftRuleset.Parse(""), recordsTrace));
        }

        foreach (LabSimulatedHost host in _hosts.Values.Reverse())
        {
            foreach (IPAddress address in host.Pods.SelectMany(pod => pod.Addresses))
            {
                _owners[WireAddress.From(address)] = host;
            }
        }

        foreach (LabSimulatedHost host in _hosts.Values)
        {
            foreach (IPAddress address in host.Addresses)
            {
                _owners[WireAddress.From(address)] = host;
            }
        }
    }

    /// <summary>What the counters have counted on all nodes: packets by the comment beside them, in ordinal order.</summary>
    public IReadOnlyDictionary<string, ulong> ReadCounters()
    {
        SortedDictionary<string, ulong> sum = new(StringComparer.Ordinal);
        foreach (LabSimulatedHost host in _hosts.Values)
        {
            host.AddCounters(sum);
        }

        return sum;
    }

    /// <summary>Follows one probe.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="backend">The backend that its Service must choose if it is translated; null for the first.</param>
    /// <exception cref="ArgumentException">The probe names nothing that exists.</exception>
    /// <exception cref="NftExecutionException">A rule cannot be decided.</exception>
    public LabWalk Run(LabProbe probe, IPEndPoint? backend = null)
    {
        ArgumentNullException.ThrowIfNull(probe);
        (LabSimulatedHost host, string? input, IPAddress source) = Entry(probe);
        SimulatedPacket packet = Write(probe, source) with { InputInterface = input };
        List<WalkOutcome> outcomes = [];
        List<string> names = [];
        LabResult Result(LabVerdict verdict, LabPlace place) => new(probe, verdict, place, host.Name);
        while (true)
        {
            WalkOutcome outcome = host.Walk(packet, backend);
            outcomes.Add(outcome);
            names.Add(host.Name);
            if (outcome.Verdict == NftVerdict.Drop)
            {
                return new LabWalk(Result(outcome.Rejection is null ? LabVerdict.Dropped : LabVerdict.Rejected, LabPlace.Nowhere), outcomes) { Nodes = names };
            }

            PacketState state = outcome.State;
            WireAddress destination = new((byte)(packet.Family == PacketFamily.IPv6 ? 16 : 4), state.Destination);
            ushort? port = IpProtocol.HasPorts(packet.Protocol) ? state.DestinationPort : null;
            if (outcome.Journey is Journey.ToHost or Journey.Loopback)
            {
                return new LabWalk(Result(LabVerdict.Passed, new LabPlace(LabPlaceKind.Host, host.Name)), outcomes) { Nodes = names };
            }

            if (host.PodBehind(state.OutputInterface!) is { } pod)
            {
                return new LabWalk(Result(LabVerdict.Passed, new LabPlace(LabPlaceKind.Pod, pod.Id, destination.ToIPAddress(), port)), outcomes) { Nodes = names };
            }

            LabSimulatedHost? next = _owners.GetValueOrDefault(destination);
            if (next is null || next == host)
            {
                return new LabWalk(Result(LabVerdict.Passed, new LabPlace(LabPlaceKind.Outside, NameOutside(destination), destination.ToIPAddress(), port)), outcomes) { Nodes = names };
            }

            if (outcomes.Count == MaximumHops)
            {
                throw new LabException($"probe `{probe.Id}` goes from node to node without end");
            }

            host = next;
            packet = packet with
            {
                Source = state.Source,
                SourcePort = state.SourcePort,
                Destination = state.Destination,
                DestinationPort = state.DestinationPort,
                InputInterface = host.Outside(state.OutputInterface),
            };
        }
    }

    private string NameOutside(WireAddress address) =>
        _topology.Clients.FirstOrDefault(client => client.Addresses.Any(one => WireAddress.From(one) == address))?.Id
        ?? address.ToIPAddress().ToString();

    private (LabSimulatedHost Host, string? Input, IPAddress Source) Entry(LabProbe probe)
    {
        switch (probe.Source.Kind)
        {
            case LabSourceKind.Pod when _topology.Pods.FirstOrDefault(one => one.Id == probe.Source.Name) is { } pod:
                return (_hosts[pod.Node], pod.Interface, Source(probe, pod.Addresses));
            case LabSourceKind.Host when _hosts.TryGetValue(probe.Source.Name, out LabSimulatedHost? sender):
                return (sender, null, Source(probe, sender.Addresses));
            case LabSourceKind.Client when _clients.TryGetValue(probe.Source.Name, out LabClient? client):
                LabSimulatedHost entered = probe.EnterNode is { } name
                    ? _hosts.GetValueOrDefault(name) ?? throw new ArgumentException($"there is no node `{name}`", nameof(probe))
                    : _owners.GetValueOrDefault(WireAddress.From(probe.Destination)) ?? _hosts[_topology.Nodes[0].Name];
                return (entered, entered.Outside(probe.EnterInterface ?? client.Interface), Source(probe, client.Addresses));
            default:
                throw new ArgumentException($"there is no {probe.Source.Kind.ToString().ToLowerInvariant()} `{probe.Source.Name}`", nameof(probe));
        }
    }

    private static IPAddress Source(LabProbe probe, IEnumerable<IPAddress> addresses) =>
        probe.SourceAddress
        ?? addresses.FirstOrDefault(address => WireAddress.SameFamily(address, probe.Destination))
        ?? throw new ArgumentException($"`{probe.Source.Name}` has no address of the family of `{probe.Destination}`", nameof(probe));

    private SimulatedPacket Write(LabProbe probe, IPAddress source)
    {
        bool ports = IpProtocol.HasPorts(probe.Protocol);
        bool icmp = probe.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        bool v6 = WireAddress.IsIpv6(probe.Destination);
        ushort fresh = (ushort)(32768 + (_lastPort++ % 32768));
        return new SimulatedPacket
        {
            Family = v6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
            Source = WireAddress.From(source).Bits,
            Destination = WireAddress.From(probe.Destination).Bits,
            Protocol = probe.Protocol,
            SourcePort = ports ? probe.SourcePort ?? fresh : null,
            DestinationPort = ports ? probe.DestinationPort : null,
            IcmpType = icmp ? probe.IcmpType ?? (v6 ? (byte)128 : (byte)8) : null,
            IcmpCode = icmp ? probe.IcmpCode ?? 0 : null,
            IcmpId = icmp ? probe.SourcePort ?? fresh : (ushort)0,
            TcpFlags = probe.Protocol == IpProtocol.Tcp ? Syn : null,
        };
    }
}
