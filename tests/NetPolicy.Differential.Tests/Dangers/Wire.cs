using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>
/// A node of its own namespace that enforces documents while any packets are sent into it. Unlike the lab's runs it forgets no connection from one packet
/// to the next.
/// </summary>
internal sealed class Wire : IDisposable
{
    private const int FreshIndex = 900;

    private readonly LabTap _tap;
    private readonly LabPlan _plan;
    private readonly PolicyEngine _engine = new();
    private readonly NodeRules _rules;
    private readonly NftApplier _applier;
    private readonly List<Arrival> _arrivals = [];

    /// <summary>Builds the node and enforces the documents on it.</summary>
    /// <param name="documents">Inventory and policies, in YAML.</param>
    /// <param name="options">How rules are rendered.</param>
    /// <param name="before">What others have loaded before.</param>
    public Wire(string documents, EnforcementOptions? options = null, string before = "")
    {
        _engine.Apply(Read(documents).Select(m => new Change.Upsert(m)));
        LabTopology topology = LabWorld.Of(_engine.Current).Topology;
        _plan = new LabPlan(topology with { Services = [] }, topology.Nodes.Single(n => n.Name == Cluster.Node));
        _tap = LabTap.Build(_plan, LabOptions.Default);
        if (before.Length > 0)
        {
            Nft(before);
        }

        _applier = new NftApplier(Place) { Grace = TimeSpan.FromMilliseconds(5) };
        _rules = new NodeRules(_engine.Current, Cluster.Node, options ?? EnforcementOptions.Default);
        _applier.Apply(_rules);
    }

    /// <summary>The node's namespace.</summary>
    public NetworkNamespace Place => _tap.Host.Namespace;

    /// <summary>What applies the rules.</summary>
    public NftApplier Applier => _applier;

    /// <summary>What is enforced.</summary>
    public Snapshot Snapshot => _engine.Current;

    public void Dispose()
    {
        _applier.Dispose();
        _tap.Dispose();
    }

    /// <summary>Documents come, or take the place of those of their name.</summary>
    public NftPlan Put(string documents) => Change([.. Read(documents).Select(m => new Change.Upsert(m))]);

    /// <summary>Documents go.</summary>
    public NftPlan Take(string documents) => Change([.. Read(documents).Select(m => new Change.Remove(m.Id))]);

    /// <summary>Loads what belongs to others.</summary>
    public void Nft(string text) => _tap.Host.LoadText(text);

    /// <summary>Runs <c>ip</c> on the node.</summary>
    public void Ip(string arguments) => Place.RunProcess("ip", arguments.Split(' ')).ThrowIfFailed();

    /// <summary>What a counter of this comment has counted.</summary>
    public ulong Count(string comment) => _tap.Host.ReadCounters().GetValueOrDefault(comment);

    /// <summary>The connections that the node tracks.</summary>
    public IReadOnlyList<ConntrackEntry> Connections()
    {
        using ConntrackSocket socket = new(Place);
        return socket.List();
    }

    /// <summary>Lets the node forget all connections.</summary>
    public void Forget() => _tap.Host.FlushConnections();

    /// <summary>Sends packets by a pod, from an outside interface or from the node itself, and returns what came out meanwhile.</summary>
    public IReadOnlyList<Arrival> Send(string from, params IReadOnlyList<byte[]> packets)
    {
        _arrivals.Clear();
        using (CpuPin.ToCurrent())
        {
            foreach (byte[] packet in packets)
            {
                if (from == Cluster.Node)
                {
                    _tap.Local.Send(packet, Packets.DestinationOf(packet));
                }
                else
                {
                    _tap.Sender.AddPacket(IndexOf(from), packet);
                }
            }

            _tap.Sender.Flush();
            _tap.Sync((receiver, at) =>
            {
                ReadOnlySpan<byte> frame = receiver.Frame(at);
                if (receiver == _tap.Receiver && frame.Length > PacketWriter.EthernetLength && !Packets.IsMulticast(frame[PacketWriter.EthernetLength..]))
                {
                    _arrivals.Add(new Arrival(NameOf(receiver.InterfaceOf(at)), frame[PacketWriter.EthernetLength..].ToArray()));
                }
            });
        }

        return [.. _arrivals];
    }

    /// <summary>True if exactly this packet, or one that differs only in what a router changes, comes out at a pod or interface.</summary>
    public bool Passes(string from, byte[] packet, string to)
    {
        IReadOnlyList<Arrival> arrivals = Send(from, packet);
        Assert.All(arrivals, a => Assert.Equal(to, a.At));
        return arrivals.Count > 0;
    }

    /// <summary>The number of the interface behind which a pod or the outside is.</summary>
    public int IndexOf(string name)
    {
        for (int at = 0; at < _plan.Pods.Count; at++)
        {
            if (_plan.Pods[at].Id == name)
            {
                return _plan.FirstPod + at;
            }
        }

        return _plan.OutsideIndex(name);
    }

    /// <summary>Deletes the interface of a pod and makes it again: it has the same name and another number, and what comes out there is not seen as the pod's.</summary>
    public void Recreate(string pod)
    {
        LabPod found = _plan.Pods.Single(p => p.Id == pod);
        Ip($"link delete dev {found.Interface}");
        _tap.Peer.Run(() => LabHost.Batch($"link add dev fresh index {FreshIndex} type veth peer name {found.Interface} index {FreshIndex} netns {Place.Path}\nlink set dev fresh up\n"));
        Ip($"link set dev {found.Interface} up");
        foreach (System.Net.IPAddress address in found.Addresses)
        {
            Ip($"route add {address} dev {found.Interface}");
            Ip($"neigh add {address} lladdr 02:00:00:00:00:fe dev {found.Interface}");
        }
    }

    /// <summary>The node's interface of a pod.</summary>
    public string InterfaceOf(string pod) => _plan.Pods.Single(p => p.Id == pod).Interface;

    /// <summary>Opens a sender of its own, for a thread of its own.</summary>
    public FrameSender NewSender() => _tap.Peer.Run(() => new FrameSender());

    private NftPlan Change(Change[] changes) => _applier.Apply(_rules, _engine.Apply(changes));

    private string NameOf(int index) => _plan.PodAt(index)?.Id ?? _plan.OutsideAt(index)?.Name ?? "fresh";

    private static List<Manifest> Read(string documents)
    {
        ManifestReadResult read = ManifestReader.Read(documents, "world.yaml");
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics.AsEnumerable()));
        return [.. read.Manifests];
    }
}
