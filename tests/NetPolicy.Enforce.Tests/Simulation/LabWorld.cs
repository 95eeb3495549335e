using System.Buffers.Binary;
using System.Net;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Simulation;
using Packet = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>The simulator's view of a lab's only node, and a probe as the packet it is there.</summary>
internal sealed class LabWorld
{
    private readonly LabTopology topology;
    private readonly LabNode node;
    private readonly Dictionary<(PacketFamily, UInt128), string> interfaces = [];
    private readonly HashSet<(PacketFamily, UInt128)> own = [];

    internal LabWorld(LabTopology topology)
    {
        this.topology = topology;
        node = topology.Nodes.Single();
        foreach (LabPod pod in topology.Pods)
        {
            pod.Addresses.ToList().ForEach(address => interfaces.Add(Key(address), pod.Interface));
        }

        foreach (LabClient client in topology.Clients)
        {
            client.Addresses.ToList().ForEach(address => interfaces.Add(Key(address), client.Interface ?? node.Interface));
        }

        node.Addresses.ToList().ForEach(address => own.Add(Key(address)));
        Host = new HostModel { Route = Route, AddressOf = (_, family) => own.First(key => key.Item1 == family).Item2 };
    }

    internal HostModel Host { get; }

    /// <summary>Runs each probe as the first packet of its connection, as a lab does.</summary>
    internal List<WalkOutcome> Run(NftMachine machine, IReadOnlyList<LabProbe> probes) => [.. probes.Select(probe => Run(machine, probe))];

    internal WalkOutcome Run(NftMachine machine, LabProbe probe)
    {
        PacketWalk walk = new(machine, Host);
        Packet packet = PacketOf(probe);
        return packet.InputInterface is null ? walk.Send(packet) : walk.Receive(packet);
    }

    internal Packet PacketOf(LabProbe probe)
    {
        (PacketFamily family, UInt128 destination) = Key(probe.Destination);
        IReadOnlyList<IPAddress> addresses = probe.Source.Kind switch
        {
            LabSourceKind.Pod => topology.Pods.Single(pod => pod.Id == probe.Source.Name).Addresses,
            LabSourceKind.Host => node.Addresses,
            LabSourceKind.Client => topology.Clients.Single(client => client.Id == probe.Source.Name).Addresses,
            _ => throw new ArgumentException($"source {probe.Source}"),
        };
        IPAddress source = probe.SourceAddress ?? addresses.First(address => Key(address).Family == family);
        byte icmp = family == PacketFamily.IPv4 ? (byte)1 : (byte)58;
        bool isIcmp = probe.Protocol == icmp;
        bool hasPorts = probe.Protocol is 6 or 17 or 132;
        return new Packet
        {
            Family = family,
            Source = Key(source).Address,
            Destination = destination,
            Protocol = probe.Protocol,
            SourcePort = hasPorts ? probe.SourcePort ?? 40000 : null,
            DestinationPort = hasPorts ? probe.DestinationPort : null,
            IcmpType = isIcmp ? probe.IcmpType ?? (icmp == 1 ? (byte)8 : (byte)128) : null,
            IcmpCode = isIcmp ? probe.IcmpCode ?? 0 : null,
            TcpFlags = probe.Protocol == 6 ? (byte)2 : null,
            InputInterface = probe.Source.Kind == LabSourceKind.Host ? null : interfaces[(family, Key(addresses.First(address => Key(address).Family == family)).Address)],
        };
    }

    private static (PacketFamily Family, UInt128 Address) Key(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 4
            ? (PacketFamily.IPv4, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : (PacketFamily.IPv6, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    private RouteDecision Route(PacketState state)
    {
        (PacketFamily, UInt128) key = (state.Packet.Family, state.Destination);
        return own.Contains(key) ? RouteDecision.Local
            : interfaces.TryGetValue(key, out string? name) ? RouteDecision.Through(name)
            : RouteDecision.Unreachable;
    }
}
