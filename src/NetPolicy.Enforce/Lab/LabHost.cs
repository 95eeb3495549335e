using System.Buffers.Binary;

namespace NetPolicy.Enforce.Lab;

/// <summary>A node under test as it stands: its namespace, the namespace that holds all other ends of its veth pairs, and the sockets into both.</summary>
internal sealed class LabHost : IDisposable
{
    private const ushort EtherTypeArp = 0x0806;
    private const int LoopbackIndex = 1;
    private const ulong FirstAsker = 0x020000000000;
    private static readonly WireAddress s_syncAddress = WireAddress.From(LabPlan.SyncAddress);

    private static readonly (string Name, string Value)[] s_hostSettings =
    [
        ("ipv4/ip_forward", "1"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/default/rp_filter", "0"),
        ("ipv4/conf/all/send_redirects", "0"),
        ("ipv4/conf/default/send_redirects", "0"),
        ("ipv4/icmp_ratemask", "0"),
        ("ipv6/conf/default/addr_gen_mode", "1"),
        ("ipv6/conf/default/accept_dad", "0"),
        ("ipv6/conf/default/accept_ra", "0"),
        ("ipv6/conf/default/router_solicitations", "0"),
        ("ipv6/conf/all/forwarding", "1"),
        ("ipv6/icmp/ratelimit", "0"),
    ];

    private static readonly (string Name, string Value)[] s_peerSettings =
    [
        ("ipv6/conf/all/disable_ipv6", "1"),
        ("ipv6/conf/default/disable_ipv6", "1"),
    ];

    private readonly NetworkNamespace _peer;
    private ulong _asker = FirstAsker;

    private LabHost(LabPlan plan, NetworkNamespace space, NetworkNamespace peer)
    {
        Plan = plan;
        Namespace = space;
        _peer = peer;
        (Sender, Receiver) = peer.Run(() => (new FrameSender(), new FrameReceiver(interfaceIndex: 0)));
        (Local, LoopbackReceiver, Netfilter) = space.Run(() => (new LocalSender(), new FrameReceiver(LoopbackIndex), new NetfilterSocket()));
    }

    internal LabPlan Plan { get; }

    internal NetworkNamespace Namespace { get; }

    /// <summary>Sends into the node from any of the other ends.</summary>
    internal FrameSender Sender { get; }

    /// <summary>Receives what the node sends to any of the other ends.</summary>
    internal FrameReceiver Receiver { get; }

    /// <summary>Receives what the node sends to itself.</summary>
    internal FrameReceiver LoopbackReceiver { get; }

    /// <summary>Sends as the node.</summary>
    internal LocalSender Local { get; }

    internal NetfilterSocket Netfilter { get; }

    internal static LabHost Build(LabPlan plan, LabOptions options)
    {
        NetworkNamespace peer = NetworkNamespace.CreateAnonymous();
        NetworkNamespace? space = null;
        try
        {
            space = options.NameHosts ? NetworkNamespace.CreateNamed("h") : NetworkNamespace.CreateAnonymous();
            string hostPath = space.Path;
            peer.Run(() =>
            {
                Apply(s_peerSettings);
                Batch(plan.PeerScript(hostPath));
            });
            space.Run(() =>
            {
                Apply(s_hostSettings);
                Batch(plan.HostScript());
            });
            return new LabHost(plan, space, peer);
        }
        catch
        {
            space?.Dispose();
            peer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
        LoopbackReceiver.Dispose();
        Local.Dispose();
        Netfilter.Dispose();
        _peer.Dispose();
        Namespace.Dispose();
    }

    /// <summary>Runs a ruleset text as it is.</summary>
    internal void LoadText(string text) => Namespace.RunProcess("nft", ["-f", "-"], text).ThrowIfFailed();

    /// <summary>
    /// Returns once everything sent so far has gone all its way. Softirq work is queued per processor in order, so an answer to a question
    /// asked on the same processor comes last; a packet that the node answers or sends to itself needs more than one round.
    /// </summary>
    internal void Sync(Action<FrameReceiver, int> onFrame)
    {
        for (int round = 0; round < 3; round++)
        {
            ulong asker = ++_asker;
            Ask(asker);
            long started = Environment.TickCount64;
            long asked = started;
            while (!Drain(asker, onFrame))
            {
                Receiver.Wait(20);
                long now = Environment.TickCount64;
                if (now - started > 10_000)
                {
                    throw new LabException($"node `{Plan.Node.Name}` of the lab answers nothing for ten seconds");
                }

                if (now - asked > 500)
                {
                    asked = now;
                    Ask(asker);
                }
            }
        }

        int count;
        while ((count = LoopbackReceiver.Receive()) > 0)
        {
            for (int at = 0; at < count; at++)
            {
                onFrame(LoopbackReceiver, at);
            }
        }

        int lost = Receiver.TakeLosses() + LoopbackReceiver.TakeLosses();
        if (lost > 0)
        {
            throw new LabException($"{lost} frames did not fit into the lab's receive buffer");
        }
    }

    private void Ask(ulong asker)
    {
        Sender.AddQuestion(Plan.OutsideIndex(null), asker, s_syncAddress);
        Sender.Flush();
    }

    /// <summary>Hands on all frames there are. Whether the answer to <paramref name="asker"/> was among them.</summary>
    private bool Drain(ulong asker, Action<FrameReceiver, int> onFrame)
    {
        bool answered = false;
        int count;
        while ((count = Receiver.Receive()) > 0)
        {
            for (int at = 0; at < count; at++)
            {
                ReadOnlySpan<byte> frame = Receiver.Frame(at);
                if (frame.Length < PacketWriter.EthernetLength)
                {
                    continue;
                }

                if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == EtherTypeArp)
                {
                    answered |= BinaryPrimitives.ReadUInt64BigEndian(frame) >> 16 == asker;
                }
                else
                {
                    onFrame(Receiver, at);
                }
            }
        }

        return answered;
    }

    private static void Apply((string Name, string Value)[] settings)
    {
        foreach ((string name, string value) in settings)
        {
            string path = "/proc/sys/net/" + name;
            try
            {
                File.WriteAllText(path, value);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new LabException($"`{path}` cannot be set to `{value}`: {exception.Message}", exception);
            }
        }
    }

    private static void Batch(string script) => ChildProcess.Run("ip", ["-batch", "-"], script).ThrowIfFailed();
}
