using System.Net;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using Packet = NetPolicy.Enforce.Lab.Packet;

namespace NetPolicy.Benchmarks.Packets;

/// <summary>A node in a namespace of its own, with the packets that are sent through it.</summary>
internal sealed class PacketNode : IDisposable
{
    private const int Flows = 1024;
    private const int NewFlows = 8192;
    private const string Sink = "table inet sink { chain last { type filter hook postrouting priority 500; policy accept; meta l4proto { tcp, udp } counter drop comment \"sink\"; }; }";

    private readonly LabTap _tap;
    private readonly LabPlan _plan;
    private readonly List<PacketCannon> _cannons = [];

    public PacketNode(Snapshot snapshot)
    {
        LabTopology topology = LabWorld.Of(snapshot).Topology;
        LabNode node = topology.Nodes.Single(n => n.Name == NodeWorld.Node);
        _plan = new LabPlan(topology, node);
        _tap = LabTap.Build(_plan, LabOptions.Default);
        _tap.Host.Namespace.Run(() =>
        {
            // Flows live as long as the run; no neighbour discovery in between.
            File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_udp_timeout", "3600");
            File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream", "3600");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
        });
        New = Cannon(Clients(NewFlows, (client, i) => Packet(IpProtocol.Tcp, client, 1024 + i, NodeWorld.OpenPort, i)));
        Denied = Cannon(Clients(NewFlows, (client, i) => Packet(IpProtocol.Tcp, client, 1024 + i, NodeWorld.ShutPort, i)));
        Answered = Cannon(Clients(Flows, (client, i) => Packet(IpProtocol.Udp, client, 10_000 + i, NodeWorld.DatagramPort, i)));
        OneWay = Cannon(Clients(Flows, (client, i) => Packet(IpProtocol.Udp, client, 20_000 + i, NodeWorld.DatagramPort, i)));
        Answers = Cannon([.. Clients(Flows, (client, i) => Answer(client, 10_000 + i, i)).Select(p => (_plan.FirstPod, p.Ip))]);
    }

    /// <summary>First packets of connections that are allowed.</summary>
    public PacketCannon New { get; }

    /// <summary>First packets of connections that nothing allows.</summary>
    public PacketCannon Denied { get; }

    /// <summary>Packets of flows that were answered.</summary>
    public PacketCannon Answered { get; }

    /// <summary>Packets of flows that never were.</summary>
    public PacketCannon OneWay { get; }

    private PacketCannon Answers { get; }

    /// <summary>The namespace that gets rules.</summary>
    public NetworkNamespace Place => _tap.Host.Namespace;

    /// <summary>How many packets came through to the end.</summary>
    public ulong Through => _tap.Host.ReadCounters().GetValueOrDefault("sink");

    /// <summary>Opens the flows, and lets nothing out any more, so that every packet costs its way to the end and new connections are never kept.</summary>
    public void Establish()
    {
        Answered.Fire(Flows);
        Answers.Fire(Flows);
        OneWay.Fire(Flows);
        _tap.Host.LoadText(Sink);
    }

    /// <summary>Loads rules given as text.</summary>
    public void Load(string text) => _tap.Host.LoadText(text);

    /// <summary>Applies rules as the product does.</summary>
    public void Apply(CompiledRuleset ruleset)
    {
        using NftApplier applier = new(Place);
        applier.Apply(ruleset);
    }

    public void Dispose()
    {
        foreach (PacketCannon cannon in _cannons)
        {
            cannon.Dispose();
        }

        _tap.Dispose();
    }

    private PacketCannon Cannon(IReadOnlyList<(int, byte[])> packets)
    {
        PacketCannon cannon = new(_tap.Peer, packets);
        _cannons.Add(cannon);
        return cannon;
    }

    // Pods other than the server take turns, in an order that no cache guesses.
    private (int Index, byte[] Ip)[] Clients(int count, Func<IPAddress, int, byte[]> packet) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            int pod = 1 + (int)((uint)(i * 2654435761u) >> 8) % (_plan.Pods.Count - 1);
            return (_plan.FirstPod + pod, packet(_plan.Pods[pod].Addresses[0], i));
        }),
    ];

    private byte[] Packet(byte protocol, IPAddress client, int sourcePort, int port, int number) =>
        Write(new Packet(WireAddress.From(client), Server, protocol, (ushort)sourcePort, (ushort)port, 0, 0, (uint)number));

    private byte[] Answer(IPAddress client, int port, int number) =>
        Write(new Packet(Server, WireAddress.From(client), IpProtocol.Udp, NodeWorld.DatagramPort, (ushort)port, 0, 0, (uint)number));

    private WireAddress Server => WireAddress.From(_plan.Pods[0].Id == NodeWorld.Server ? _plan.Pods[0].Addresses[0] : throw new InvalidOperationException(_plan.Pods[0].Id));

    private static byte[] Write(in Packet packet)
    {
        byte[] bytes = new byte[PacketWriter.MaximumLength];
        return bytes[..PacketWriter.Write(packet, bytes)];
    }
}
