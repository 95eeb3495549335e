using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>
/// What a program decides between groups of both its sides: made when first asked for, kept as long as the program is used. It knows conditions, not who
/// meets them, so that changes of pods leave it as it is.
/// </summary>
internal sealed class DecisionTables
{
    private readonly Lock _building = new();
    private readonly DecisionProgram _program;
    private readonly LongMap<DecisionTable> _tables = new();

    public DecisionTables(DecisionProgram program)
    {
        _program = program;
        Source = new DecisionSide(program.Source, _building);
        Destination = new DecisionSide(program.Destination, _building);
    }

    public DecisionSide Source { get; }

    public DecisionSide Destination { get; }

    /// <summary>Outcomes by pair of groups and protocol, for packets of unknown source port and without HTTP.</summary>
    public CellMap Cells { get; } = new();

    /// <summary>The table for a pair of groups in one family.</summary>
    public DecisionTable TableOf(IpFamily family, PeerGroup from, PeerGroup to)
    {
        long key = ((long)from.Id << 32) | (uint)((to.Id << 1) | (family == IpFamily.IPv6 ? 1 : 0));
        return _tables.Get(key) ?? AddTable(key, family, from, to);
    }

    /// <summary>The outcomes by destination port for packets of a protocol with ports, of unknown source port and without HTTP.</summary>
    public PortOutcomes PortsOf(Snapshot snapshot, DecisionTable table, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        int protocol = DecisionTable.PlaceOf(packet.Protocol);
        return table.Ports[protocol] ??= Build(snapshot, table, packet, source, destination);
    }

    /// <summary>Keeps what a pair of groups decides where <see cref="Cells"/> finds it.</summary>
    public void Remember(ulong key, PortOutcomes outcomes)
    {
        lock (_building)
        {
            Cells.Add(key, outcomes);
        }
    }

    private DecisionTable AddTable(long key, IpFamily family, PeerGroup from, PeerGroup to)
    {
        lock (_building)
        {
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

    /// <summary>The place of a protocol in <see cref="Ports"/>; -1 if it has none.</summary>
    public static int PlaceOf(Protocol protocol) => protocol.Number switch { 6 => 0, 17 => 1, 132 => 2, _ => -1 };

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
