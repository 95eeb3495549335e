using System.Runtime.CompilerServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>
/// Answers for one program and one generation of selectors without going through rules: it knows which part of the program's peers each class is in, and looks
/// up what is decided between two of them. It decides what walking through the rules decides (<c>Snapshot.Judge</c>), and tests hold it to that.
/// </summary>
internal sealed class DecisionIndex
{
    private readonly DecisionProgram _program;
    private readonly DecisionTables _tables;
    private readonly CellMap _cells;
    private readonly EndDecision[] _decisions;
    private readonly int _firstOfEndpoint;
    private readonly BoundSide _source;
    private readonly BoundSide _destination;
    private readonly PersistentList<ClassSet> _sets;

    public DecisionIndex(DecisionProgram program, Snapshot snapshot)
    {
        _program = program;
        _tables = new DecisionTables(program);
        _cells = _tables.Cells;
        _decisions = program.Decisions;
        _firstOfEndpoint = program.FirstOfEndpoint;
        _sets = snapshot.World.Sets;
        _source = BoundSide.Of(_tables.Source, _sets);
        _destination = BoundSide.Of(_tables.Destination, _sets);
    }

    private DecisionIndex(DecisionIndex other, PersistentList<ClassSet> sets, BoundSide source, BoundSide destination)
    {
        _program = other._program;
        _tables = other._tables;
        _cells = other._cells;
        _decisions = other._decisions;
        _firstOfEndpoint = other._firstOfEndpoint;
        _sets = sets;
        _source = source;
        _destination = destination;
    }

    /// <summary>True if it is known to answer for <paramref name="snapshot"/>.</summary>
    public bool IsOf(Snapshot snapshot) => ReferenceEquals(_sets, snapshot.World.Sets);

    /// <summary>An index that answers for another snapshot and shares its tables with this one. O(selectors that select other classes).</summary>
    public DecisionIndex For(Snapshot snapshot)
    {
        BoundSide source = _source.With(_sets, snapshot), destination = _destination.With(_sets, snapshot);
        return source.IsCrowded || destination.IsCrowded ? new DecisionIndex(_program, snapshot) : new DecisionIndex(this, snapshot.World.Sets, source, destination);
    }

    /// <summary>Fetches what <see cref="Prefetch(in DirectPeer, in DirectPeer)"/> needs.</summary>
    public void Approach()
    {
        _source.Approach();
        _destination.Approach();
        Fetch.Object(_cells);
        Fetch.Object(_decisions);
    }

    /// <summary>Fetches what <see cref="KeyOf"/> will look at, and what <see cref="Prefetch(ulong)"/> needs.</summary>
    public void Prefetch(in DirectPeer source, in DirectPeer destination)
    {
        _source.Prefetch(source);
        _destination.Prefetch(destination);
        _cells.Approach();
    }

    /// <summary>The key under which outcomes are found for packets of a protocol with ports, of unknown source port and without HTTP; 0 if there is no room for it.</summary>
    public ulong KeyOf(Snapshot snapshot, IpFamily family, int protocol, in DirectPeer source, in DirectPeer destination)
    {
        long from = _source.KeyOf(snapshot, source), to = _destination.KeyOf(snapshot, destination);
        return (from | to) < 0 ? 0
            : ((ulong)from << (DecisionSide.KeyBits + 3)) | ((ulong)to << 3) | (family == IpFamily.IPv6 ? 4u : 0u) | (uint)(protocol + 1);
    }

    /// <summary>Fetches what <see cref="Find"/> will look at.</summary>
    public void Prefetch(ulong key) => _cells.Prefetch(key);

    /// <summary>Fetches what <see cref="At"/> will give.</summary>
    public void Prefetch(int outcome) => Fetch.Line(ref _decisions[outcome]);

    /// <summary>The outcome for a port under a key; negative if it is not known yet.</summary>
    public int Find(ulong key, int port) => _cells.Find(key, port);

    /// <summary>The decision that an outcome stands for, at the end that its direction speaks of.</summary>
    public ref readonly EndDecision At(int outcome) => ref _decisions[outcome];

    /// <summary>True if the decision names the endpoint's own document, which is not in it.</summary>
    public bool NamesEndpoint(int outcome) => outcome >= _firstOfEndpoint && _decisions[outcome].Verdict != EndVerdict.None;

    /// <summary>The outcome for a packet between two ends; negative if they must be asked one by one.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="key">The key under which <see cref="Find"/> knows it from now on; 0 for nothing.</param>
    public int Decide(Snapshot snapshot, in Packet packet, in PeerFacts source, in PeerFacts destination, ulong key = 0)
    {
        if (TableOf(snapshot, packet.Family, source, destination) is not { } table)
        {
            return -1;
        }

        int protocol = DecisionTable.PlaceOf(packet.Protocol);
        if (protocol >= 0 && packet.Port >= 0 && !(table.AsksForSourcePorts && packet.SourcePort >= 0) && !(table.AsksForHttp && (packet.HttpMethod ?? packet.HttpPath) is not null))
        {
            if (table.Ports[protocol] is not null || table.IsWorthwhile())
            {
                PortOutcomes ports = _tables.PortsOf(snapshot, table, packet, source, destination);
                if (key != 0)
                {
                    _tables.Remember(key, ports);
                }

                return ports.Find(packet.Port);
            }
        }

        return _program.Walk(table.Lines, new RuleMatcher(snapshot), packet, source, destination);
    }

    /// <summary>The table for a pair of ends; null if they must be asked one by one.</summary>
    public DecisionTable? TableOf(Snapshot snapshot, IpFamily family, in PeerFacts source, in PeerFacts destination) =>
        _source.GroupOf(snapshot, source) is { } from && _destination.GroupOf(snapshot, destination) is { } to ? _tables.TableOf(family, from, to) : null;

    /// <summary>The outcomes by destination port for packets of a protocol with ports, of unknown source port and without HTTP.</summary>
    public PortOutcomes PortsOf(Snapshot snapshot, DecisionTable table, in Packet packet, in PeerFacts source, in PeerFacts destination) =>
        _tables.PortsOf(snapshot, table, packet, source, destination);
}
