using System.Buffers.Binary;

namespace NetPolicy.Enforce.Lab;

/// <summary>A node under test with the namespace that holds all other ends of its veth pairs, and the sockets into both.</summary>
internal sealed class LabTap : IDisposable
{
    private const ushort EtherTypeArp = 0x0806;
    private const int LoopbackIndex = 1;
    private const ulong FirstAsker = 0x020000000000;
    private static readonly WireAddress s_syncAddress = WireAddress.From(LabPlan.SyncAddress);

    private static readonly (string Name, string Value)[] s_peerSettings =
    [
        ("ipv6/conf/all/disable_ipv6", "1"),
        ("ipv6/conf/default/disable_ipv6", "1"),
    ];

    private readonly NetworkNamespace _peer;
    private ulong _asker = FirstAsker;

    private LabTap(LabHost host, NetworkNamespace peer)
    {
        Host = host;
        _peer = peer;
        (Sender, Receiver) = peer.Run(() => (new FrameSender(), new FrameReceiver(interfaceIndex: 0)));
        (Local, LoopbackReceiver) = host.Namespace.Run(() => (new LocalSender(), new FrameReceiver(LoopbackIndex)));
    }

    internal LabHost Host { get; }

    /// <summary>The namespace of the other ends.</summary>
    internal NetworkNamespace Peer => _peer;

    internal LabPlan Plan => Host.Plan;

    internal string Name => Host.Plan.Node.Name;

    /// <summary>Sends into the node from any of the other ends.</summary>
    internal FrameSender Sender { get; }

    /// <summary>Receives what the node sends to any of the other ends.</summary>
    internal FrameReceiver Receiver { get; }

    /// <summary>Receives what the node sends to itself.</summary>
    internal FrameReceiver LoopbackReceiver { get; }

    /// <summary>Sends as the node.</summary>
    internal LocalSender Local { get; }

    internal static LabTap Build(LabPlan plan, LabOptions options)
    {
        NetworkNamespace peer = NetworkNamespace.CreateAnonymous();
        LabHost? host = null;
        try
        {
            host = LabHost.Create(plan, options);
            string hostPath = host.Namespace.Path;
            peer.Run(() =>
            {
                LabHost.Apply(s_peerSettings);
                LabHost.Batch(plan.PeerScript(hostPath));
            });
            host.Configure();
            return new LabTap(host, peer);
        }
        catch
        {
            host?.Dispose();
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Closes everything. The kernel waits some 10 ms for each packet socket.</summary>
    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
        LoopbackReceiver.Dispose();
        Local.Dispose();
        _peer.Dispose();
        Host.Dispose();
    }

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
                    throw new LabException($"node `{Name}` of the lab answers nothing for ten seconds");
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

        Sender.IsUnsettled = false;
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
}
