namespace NetPolicy.Enforce.Lab;

/// <summary>
/// A cluster of network namespaces into which packets are injected: the first packet of each flow enters where its sender would send it,
/// and the lab reports where it comes out. Hundreds of thousands of flows per second.
/// </summary>
/// <remarks>
/// Every node under test is one namespace that holds a ruleset; a second one per node holds the other ends of all its veth pairs, so nothing
/// answers, and an allowed flow stays at its first packet. A flow between two nodes under test enters the second as it left the first, and
/// passes only if it comes out of the last. Nothing outside those namespaces is touched, and the kernel removes them when this process ends.
/// Members may be called by several threads; runs and loads wait for each other, <see cref="ApplyRuleset"/> does not, so rules can be changed during a run.
/// </remarks>
public sealed class PacketLab : IDisposable
{
    private readonly Dictionary<string, LabTap> _taps;
    private readonly LabRouting _routing;
    private readonly Lock _running = new();
    private readonly bool _named;
    private uint _lastFlow = LabRun.FirstFlow;
    private bool _disposed;

    private PacketLab(LabTopology topology, Dictionary<string, LabTap> taps, LabOptions options)
    {
        _named = options.NameHosts;
        Topology = topology;
        _taps = taps;
        _routing = new LabRouting(topology, taps);
    }

    /// <summary>What was built.</summary>
    public LabTopology Topology { get; }

    /// <summary>Builds a lab. Needs what <see cref="LabSupport.Check"/> says; takes about 20 ms for 20 pods.</summary>
    /// <exception cref="ArgumentException">The topology contradicts itself.</exception>
    /// <exception cref="LabException">The machine refused.</exception>
    public static PacketLab Build(LabTopology topology, LabOptions? options = null)
    {
        LabTopologyCheck.Check(topology);
        options ??= LabOptions.Default;
        NetworkNamespace.Sweep();
        Dictionary<string, LabTap> taps = new(StringComparer.Ordinal);
        try
        {
            foreach (LabNode node in topology.Nodes)
            {
                taps.Add(node.Name, LabTap.Build(new LabPlan(topology, node), options));
            }

            PacketLab lab = new(topology, taps, options);
            lab.LoadRuleset("");
            return lab;
        }
        catch
        {
            foreach (LabTap tap in taps.Values)
            {
                tap.Dispose();
            }

            throw;
        }
    }

    /// <summary>The namespace of a node, to run other programs in.</summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public NetworkNamespace Host(string node) => Find(node).Namespace;

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
        LabHost host = Find(node);
        lock (_running)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            host.LoadRuleset(text);
        }
    }

    /// <summary>Runs an nft text on a node on top of what is loaded. It must not delete the lab's own tables, <c>netpol-lab-…</c>.</summary>
    /// <exception cref="LabException"><c>nft</c> refused the text; nothing has changed.</exception>
    public void ApplyRuleset(string node, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Find(node).LoadText(text);
    }

    /// <summary>What the counters of a node's ruleset have counted since it was loaded: packets by comment, in ordinal order.</summary>
    /// <exception cref="LabException"><c>nft</c> failed.</exception>
    public IReadOnlyDictionary<string, ulong> ReadCounters(string node) => Find(node).ReadCounters();

    /// <summary>What the counters of all nodes have counted.</summary>
    /// <exception cref="LabException"><c>nft</c> failed.</exception>
    public IReadOnlyDictionary<string, ulong> ReadCounters()
    {
        SortedDictionary<string, ulong> sum = new(StringComparer.Ordinal);
        foreach (LabNode node in Topology.Nodes)
        {
            foreach ((string comment, ulong packets) in ReadCounters(node.Name))
            {
                sum[comment] = sum.GetValueOrDefault(comment) + packets;
            }
        }

        return sum;
    }

    /// <summary>Makes every node forget its connections.</summary>
    public void FlushConnections()
    {
        foreach (LabTap tap in _taps.Values)
        {
            tap.Host.FlushConnections();
        }
    }

    /// <summary>Sends every probe and says what became of it, in the order given. Connections are forgotten first, so every probe is a new flow.</summary>
    /// <exception cref="ArgumentException">A probe names nothing that exists, or cannot be sent.</exception>
    /// <exception cref="LabException">The machine refused, or the lab lost sight of packets.</exception>
    public IReadOnlyList<LabResult> Run(IReadOnlyList<LabProbe> probes)
    {
        ArgumentNullException.ThrowIfNull(probes);
        lock (_running)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            LabRun run = new(_routing, _taps.Values, _lastFlow);
            IReadOnlyList<LabResult> results = run.Run(probes);
            _lastFlow = run.LastFlow;
            return results;
        }
    }

    /// <summary>Sends one probe.</summary>
    public LabResult Run(LabProbe probe) => Run([probe])[0];

    /// <summary>Sends one probe and says which rules counted it. Reads all counters twice: for a few probes, not for thousands.</summary>
    /// <exception cref="LabException">The machine refused.</exception>
    public LabObservation Observe(LabProbe probe)
    {
        IReadOnlyDictionary<string, ulong> before = ReadCounters();
        LabResult result = Run(probe);
        return new LabObservation(
            result,
            [.. ReadCounters().Where(after => after.Value > before.GetValueOrDefault(after.Key)).Select(after => after.Key)]);
    }

    /// <summary>Ends the lab and everything in it. Returns at once; the kernel takes some 50 ms more.</summary>
    public void Dispose()
    {
        lock (_running)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        if (_named)
        {
            Close();
        }
        else
        {
            new Thread(Close) { IsBackground = true, Name = "lab closing" }.Start();
        }
    }

    private void Close()
    {
        foreach (LabTap tap in _taps.Values)
        {
            tap.Dispose();
        }
    }

    private LabHost Find(string node) =>
        _taps.TryGetValue(node, out LabTap? tap) ? tap.Host : throw new ArgumentException($"the lab has no node `{node}`", nameof(node));
}
