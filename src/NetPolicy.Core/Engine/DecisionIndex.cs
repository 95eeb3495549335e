using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>
/// Answers for one program without going through its rules: both ends are put into groups, and for each pair of groups there is a table of port intervals.
/// Groups and tables are made when they are first asked for and shared by all snapshots in which the program's selectors select the same.
/// It decides what walking through the rules decides (<c>Snapshot.Judge</c>), and tests hold it to that.
/// </summary>
internal sealed class DecisionIndex
{
    // A group with more partners than so many looks the others up.
    private const int MaxNear = 64;

    private readonly Lock _building = new();
    private readonly DecisionProgram _program;
    private readonly DecisionSide _source;
    private readonly DecisionSide _destination;
    private readonly LongMap<DecisionTable> _tables = new();
    private volatile object? _heldBy;

    public DecisionIndex(DecisionProgram program, Snapshot snapshot)
    {
        _program = program;
        _source = new DecisionSide(program.Source, snapshot, _building);
        _destination = new DecisionSide(program.Destination, snapshot, _building);
        _heldBy = snapshot.SelectorGeneration;
    }

    /// <summary>True if it answers for <paramref name="snapshot"/> too.</summary>
    public bool Holds(Snapshot snapshot)
    {
        if (ReferenceEquals(_heldBy, snapshot.SelectorGeneration))
        {
            return true;
        }

        if (!_source.Holds(snapshot) || !_destination.Holds(snapshot))
        {
            return false;
        }

        _heldBy = snapshot.SelectorGeneration;
        return true;
    }

    /// <summary>The outcome for a packet between two ends; negative if they must be asked one by one.</summary>
    public int Decide(Snapshot snapshot, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        if (TableOf(snapshot, packet.Family, source, destination) is not { } table)
        {
            return -1;
        }

        int protocol = packet.Protocol.Number switch { 6 => 0, 17 => 1, 132 => 2, _ => -1 };
        if (protocol >= 0 && packet.Port >= 0 && !(table.AsksForSourcePorts && packet.SourcePort >= 0) && !(table.AsksForHttp && (packet.HttpMethod ?? packet.HttpPath) is not null))
        {
            if (table.Ports[protocol] is { } ports)
            {
                return ports.Find(packet.Port);
            }

            if (table.IsWorthwhile())
            {
                ports = Build(snapshot, table, packet, source, destination);
                table.Ports[protocol] = ports;
                return ports.Find(packet.Port);
            }
        }

        return _program.Walk(table.Lines, new RuleMatcher(snapshot), packet, source, destination);
    }

    /// <summary>The table for a pair of ends; null if they must be asked one by one.</summary>
    public DecisionTable? TableOf(Snapshot snapshot, IpFamily family, in PeerFacts source, in PeerFacts destination)
    {
        if (_source.GroupOf(snapshot, source) is not { } from || _destination.GroupOf(snapshot, destination) is not { } to)
        {
            return null;
        }

        int key = (to.Id << 1) | (family == IpFamily.IPv6 ? 1 : 0);
        DecisionTable?[] near = from.Tables;
        if ((uint)key < (uint)near.Length && near[key] is { } table)
        {
            return table;
        }

        return _tables.Get(((long)from.Id << 32) | (uint)key) ?? AddTable(key, family, from, to);
    }

    /// <summary>The outcomes by destination port for packets of a protocol with ports, of unknown source port and without HTTP.</summary>
    public PortOutcomes PortsOf(Snapshot snapshot, DecisionTable table, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        int protocol = packet.Protocol.Number switch { 6 => 0, 17 => 1, 132 => 2, _ => throw new ArgumentException("a protocol without ports", nameof(packet)) };
        return table.Ports[protocol] ??= Build(snapshot, table, packet, source, destination);
    }

    private DecisionTable AddTable(int place, IpFamily family, PeerGroup from, PeerGroup to)
    {
        lock (_building)
        {
            long key = ((long)from.Id << 32) | (uint)place;
            if (_tables.Get(key) is { } known)
            {
                return known;
            }

            int bit = family == IpFamily.IPv6 ? 2 : 1;
            List<int> lines = [];
            bool bySource = Count(_program.Source, from) <= Count(_program.Destination, to);
            EndConditions here = bySource ? _program.Source : _program.Destination;
            int[] mine = (bySource ? from : to).Conditions, others = (bySource ? to : from).Conditions;
            Take(here.FreeLines);
            foreach (int condition in mine)
            {
                Take(here.LinesOf[condition]);
            }

            lines.Sort();
            DecisionTable table = new([.. lines], _program.Lines);
            _tables.Add(key, table);
            if (place < MaxNear)
            {
                DecisionTable?[] near = from.Tables;
                if (place >= near.Length)
                {
                    Array.Resize(ref near, (place | 1) + 1);
                }

                Volatile.Write(ref near[place], table);
                from.Tables = near;
            }

            return table;

            void Take(int[] some)
            {
                foreach (int index in some)
                {
                    ref readonly DecisionLine line = ref _program.Lines[index];
                    int other = bySource ? line.Destination : line.Source;
                    if ((line.Match.Families & bit) != 0 && (other < 0 || Array.BinarySearch(others, other) >= 0))
                    {
                        lines.Add(index);
                    }
                }
            }
        }
    }

    private static int Count(EndConditions side, PeerGroup group)
    {
        int count = side.FreeLines.Length;
        foreach (int condition in group.Conditions)
        {
            count += side.LinesOf[condition].Length;
        }

        return count;
    }

    // All that can change an outcome from one port to the next is a port that a line names.
    private PortOutcomes Build(Snapshot snapshot, DecisionTable table, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        SortedSet<int> starts = [0];
        foreach (int index in table.Lines)
        {
            CompiledMatch match = _program.Lines[index].Match;
            if (match.Match.Protocol is { } only && only != packet.Protocol)
            {
                continue;
            }

            AddEdges(match.Destination.Ports);
            AddEdges(match.Destination.NotPorts);
            foreach (SliceBackend backend in match.Destination.Service ?? [])
            {
                if (backend.Protocol == packet.Protocol && backend.Address == destination.Address)
                {
                    AddEdge(backend.Port);
                }
            }
        }

        if (_program.Destination.HasNames)
        {
            foreach (int member in destination.Members)
            {
                foreach (NamedPort port in snapshot.ClassOf(member).Shape.Ports)
                {
                    if (port.Protocol == packet.Protocol)
                    {
                        AddEdge(port.Number);
                    }
                }
            }
        }

        RuleMatcher matcher = new(snapshot);
        List<ushort> firsts = [];
        List<int> outcomes = [];
        foreach (int start in starts)
        {
            Packet probe = new(packet.Family, packet.Protocol, start, -1, -1, -1, null, null);
            int outcome = _program.Walk(table.Lines, matcher, probe, source, destination);
            if (outcomes.Count == 0 || outcomes[^1] != outcome)
            {
                firsts.Add((ushort)start);
                outcomes.Add(outcome);
            }
        }

        return new PortOutcomes([.. firsts], [.. outcomes]);

        void AddEdges(PortMatch? ports)
        {
            foreach (PortRange range in ports?.Numbers.Ranges ?? default)
            {
                starts.Add(range.First);
                if (range.Last < ushort.MaxValue)
                {
                    starts.Add(range.Last + 1);
                }
            }
        }

        void AddEdge(int port)
        {
            starts.Add(port);
            if (port < ushort.MaxValue)
            {
                starts.Add(port + 1);
            }
        }
    }
}

/// <summary>What is left of a program for ends of one pair of groups in one family.</summary>
internal sealed class DecisionTable
{
    // Walking twice is cheaper than a table that is asked only once.
    private const int Patience = 2;

    private int _asked;

    public DecisionTable(int[] lines, ReadOnlySpan<DecisionLine> all)
    {
        Lines = lines;
        foreach (int index in lines)
        {
            CompiledMatch match = all[index].Match;
            AsksForSourcePorts |= match.Source.Ports is not null || match.Source.NotPorts is not null;
            AsksForHttp |= match.Match.Http is not null;
        }
    }

    /// <summary>Lines whose conditions on addresses are met, in order.</summary>
    public int[] Lines { get; }

    public bool AsksForSourcePorts { get; }

    public bool AsksForHttp { get; }

    /// <summary>For TCP, UDP and SCTP; null until made.</summary>
    public PortOutcomes?[] Ports { get; } = new PortOutcomes?[3];

    public bool IsWorthwhile() => _asked >= Patience || ++_asked >= Patience;
}

/// <summary>Outcomes by destination port: each holds from its first port to the next one's.</summary>
internal sealed class PortOutcomes(ushort[] firsts, int[] outcomes)
{
    public readonly ushort[] Firsts = firsts;
    public readonly int[] Outcomes = outcomes;

    public int Find(int port)
    {
        int low = 0, high = Firsts.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = Firsts[middle] <= port ? (middle, high) : (low, middle - 1);
        }

        return Outcomes[low];
    }
}
