using System.Diagnostics;

namespace NetPolicy.Enforce.Lab;

/// <summary>One run of probes through a lab.</summary>
internal sealed class LabRun
{
    /// <summary>Flow numbers start with this nibble, which no IP header quoted in an ICMP error has.</summary>
    internal const uint FirstFlow = 0x1000_0000;

    private const uint LastUsableFlow = 0x3fff_ffff;
    private const int BatchSize = 192;
    private const int MaximumHops = 8;

    /// <summary>Flows after which connections are forgotten and the sets of what nodes received are read: source ports and sets are finite.</summary>
    private const int EpochSize = 20_000;

    /// <summary>
    /// Flows that a set may hold before it is replaced by a fresh one. It is never emptied: the kernel would then shrink its hash table in the
    /// background, and sets whose table is being resized are read with gaps.
    /// </summary>
    private const int ManyObserved = 4096;

    private const ushort FirstPort = 32768;

    private readonly LabRouting _routing;
    private readonly LabTap[] _taps;
    private readonly HashSet<(WireAddress, WireAddress, byte, ushort, ushort)> _tuples = [];
    private readonly List<LabFlow> _flows = new(BatchSize);
    private readonly bool _takesTurns;
    private List<LabFlow> _toSend = new(BatchSize);
    private List<LabFlow> _sending = new(BatchSize);
    private readonly Dictionary<uint, LabFlow> _epoch = [];
    private LabTap _listening;
    private uint _batchStart;
    private ushort _nextPort = FirstPort;
    private LabResult[] _results = [];

    internal LabRun(LabRouting routing, IEnumerable<LabTap> taps, uint lastFlow)
    {
        _routing = routing;
        _taps = [.. taps];
        _listening = _taps[0];
        _takesTurns = _taps[0].Plan.TakesTurns;
        LastFlow = lastFlow;
    }

    /// <summary>The number of the last flow sent.</summary>
    internal uint LastFlow { get; private set; }

    internal IReadOnlyList<LabResult> Run(IReadOnlyList<LabProbe> probes)
    {
        _results = new LabResult[probes.Count];
        BeginEpoch();
        for (int at = 0; at < probes.Count; at++)
        {
            LabProbe probe = probes[at];
            (LabTap tap, int entry, WireAddress source) = _routing.Entry(probe);
            if (_epoch.Count + _flows.Count >= EpochSize || LastFlow >= LastUsableFlow || !TryChoosePort(probe, source, out ushort port))
            {
                SendBatch();
                EndEpoch();
                BeginEpoch();
                if (!TryChoosePort(probe, source, out port))
                {
                    throw new UnreachableException("a fresh epoch takes any flow");
                }
            }

            bool v6 = source.IsV6;
            Packet packet = new(
                source,
                WireAddress.From(probe.Destination),
                probe.Protocol,
                port,
                probe.DestinationPort,
                probe.IcmpType ?? (v6 ? (byte)128 : (byte)8),
                probe.IcmpCode ?? 0,
                ++LastFlow);
            LabFlow flow = new() { Probe = probe, Packet = packet, Index = at, Tap = tap, Entry = entry };
            if (_flows.Count == 0)
            {
                _batchStart = packet.Flow;
            }

            _flows.Add(flow);
            if (_flows.Count == BatchSize)
            {
                SendBatch();
            }
        }

        SendBatch();
        EndEpoch();
        return _results;
    }

    private void BeginEpoch()
    {
        foreach (LabTap tap in _taps)
        {
            tap.Host.FlushConnections();
        }

        if (LastFlow >= LastUsableFlow)
        {
            LastFlow = FirstFlow;
            foreach (LabTap tap in _taps)
            {
                tap.Host.LoadText(LabPlan.FreshObserver);
            }
        }

        _tuples.Clear();
        _nextPort = FirstPort;
    }

    /// <summary>Reads which flows the nodes received, and writes the results.</summary>
    private void EndEpoch()
    {
        foreach (LabTap tap in _taps)
        {
            bool isFull;
            lock (tap.Host.Netfilter)
            {
                HashSet<uint> numbers = ReadObserved(tap.Host.Netfilter);
                foreach (uint number in numbers)
                {
                    if (_epoch.TryGetValue(number, out LabFlow? flow))
                    {
                        flow.Verdict = LabVerdict.Passed;
                        flow.Place = new LabPlace(LabPlaceKind.Host, tap.Name);
                        flow.Tap = tap;
                    }
                }

                isFull = numbers.Count > ManyObserved;
            }

            if (isFull)
            {
                tap.Host.LoadText(LabPlan.FreshObserver);
            }
        }

        foreach (LabFlow flow in _epoch.Values)
        {
            _results[flow.Index] = new LabResult(flow.Probe, flow.Verdict, flow.Place, flow.Tap.Name);
        }

        _epoch.Clear();
    }

    /// <summary>Reads which flows a node received, until a second reading adds nothing: a set whose hash table is just being resized may be read with gaps.</summary>
    private static HashSet<uint> ReadObserved(NetfilterSocket netfilter)
    {
        HashSet<uint> numbers = [.. netfilter.ReadValues(LabPlan.ObserverTable, LabPlan.ObserverSet)];
        int known;
        do
        {
            known = numbers.Count;
            numbers.UnionWith(netfilter.ReadValues(LabPlan.ObserverTable, LabPlan.ObserverSet));
        }
        while (numbers.Count > known);

        return numbers;
    }

    /// <summary>Finds a source port with which the flow is neither one sent since connections were forgotten nor the reply to one.</summary>
    private bool TryChoosePort(LabProbe probe, WireAddress source, out ushort port)
    {
        WireAddress destination = WireAddress.From(probe.Destination);
        bool ports = IpProtocol.HasPorts(probe.Protocol);
        bool icmp = probe.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        ushort destinationPort = ports ? probe.DestinationPort : (ushort)0;
        port = probe.SourcePort ?? 0;
        if (probe.SourcePort is not null || (!ports && !icmp))
        {
            return Take(port);
        }

        for (int tries = 0; tries < 65536 - FirstPort; tries++)
        {
            port = _nextPort;
            _nextPort = _nextPort == ushort.MaxValue ? FirstPort : (ushort)(_nextPort + 1);
            if (Take(port))
            {
                return true;
            }
        }

        return false;

        bool Take(ushort candidate)
        {
            ushort used = ports || icmp ? candidate : (ushort)0;
            if (_tuples.Contains((destination, source, probe.Protocol, icmp ? used : destinationPort, icmp ? (ushort)0 : used)))
            {
                return false;
            }

            return _tuples.Add((source, destination, probe.Protocol, used, destinationPort));
        }
    }

    private void SendBatch()
    {
        if (_flows.Count == 0)
        {
            return;
        }

        _toSend.AddRange(_flows);
        using (CpuPin.ToCurrent())
        {
            while (_toSend.Count > 0)
            {
                Inject();
                foreach (LabTap tap in _taps)
                {
                    Settle(tap);
                }
            }
        }

        foreach (LabFlow flow in _flows)
        {
            _epoch.Add(flow.Packet.Flow, flow);
        }

        _flows.Clear();
    }

    private void Settle(LabTap tap)
    {
        _listening = tap;
        tap.Sync(OnFrame);
    }

    private void Inject()
    {
        (_sending, _toSend) = (_toSend, _sending);
        Span<byte> fresh = stackalloc byte[PacketWriter.MaximumLength];
        foreach (LabFlow flow in _sending)
        {
            if (flow.Entry == 0 && _takesTurns && flow.Tap.Sender.IsUnsettled)
            {
                // Backends take turns in the order in which packets are processed: those of the node itself at once, others some time after they are sent.
                flow.Tap.Sender.Flush();
                Settle(flow.Tap);
            }

            ReadOnlySpan<byte> ip = flow.Relayed ?? (ReadOnlySpan<byte>)fresh[..PacketWriter.Write(flow.Packet, fresh)];
            flow.Hops++;
            if (flow.Entry == 0)
            {
                flow.Tap.Local.Send(ip, flow.Packet.Destination);
            }
            else
            {
                flow.Tap.Sender.AddPacket(flow.Entry, ip);
            }
        }

        _sending.Clear();
        foreach (LabTap tap in _taps)
        {
            tap.Sender.Flush();
        }
    }

    private void OnFrame(FrameReceiver receiver, int at)
    {
        ReadOnlySpan<byte> frame = receiver.Frame(at);
        if (frame.Length <= PacketWriter.EthernetLength)
        {
            return;
        }

        ReadOnlySpan<byte> ip = frame[PacketWriter.EthernetLength..];
        bool loopback = receiver == _listening.LoopbackReceiver;
        if (!loopback
            && PacketReader.TryRead(ip, out Packet packet)
            && Find(packet.Flow) is LabFlow flow
            && flow.Packet.Source == packet.Source
            && flow.Packet.Protocol == packet.Protocol
            && flow.Packet.IcmpTypeIfAny == packet.IcmpTypeIfAny)
        {
            CameOut(flow, packet, ip, receiver.InterfaceOf(at));
        }
        else if (PacketReader.TryReadRefusal(ip, out uint number, out WireAddress told)
            && Find(number) is LabFlow refused
            && refused.Packet.Source == told
            && refused.Verdict == LabVerdict.Dropped)
        {
            refused.Verdict = LabVerdict.Rejected;
        }
    }

    private void CameOut(LabFlow flow, in Packet packet, ReadOnlySpan<byte> ip, int interfaceIndex)
    {
        LabPlan plan = _listening.Plan;
        ushort? port = IpProtocol.HasPorts(packet.Protocol) ? packet.DestinationPort : null;
        if (plan.PodAt(interfaceIndex) is LabPod pod)
        {
            flow.Verdict = LabVerdict.Passed;
            flow.Place = new LabPlace(LabPlaceKind.Pod, pod.Id, packet.Destination.ToIPAddress(), port);
            return;
        }

        LabInterface? outside = plan.OutsideAt(interfaceIndex);
        LabTap? next = _routing.Owner(packet.Destination);
        if (next is null || next == _listening || outside is null)
        {
            flow.Verdict = LabVerdict.Passed;
            flow.Place = new LabPlace(LabPlaceKind.Outside, _routing.NameOutside(packet.Destination), packet.Destination.ToIPAddress(), port);
            return;
        }

        if (flow.Hops >= MaximumHops)
        {
            throw new LabException($"probe `{flow.Probe.Id}` goes from node to node without end");
        }

        flow.Tap = next;
        flow.Entry = next.Plan.OutsideIndex(outside.Name);
        flow.Relayed = ip.ToArray();
        _toSend.Add(flow);
    }

    private LabFlow? Find(uint number)
    {
        uint at = number - _batchStart;
        return at < (uint)_flows.Count ? _flows[(int)at] : null;
    }
}
