namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// A small model of connection tracking: entries by tuple and direction, states as <c>ct state</c> names them, expectations,
/// ICMP errors. Timeouts, TCP windows and port collisions are not modelled.
/// </summary>
public sealed class ConntrackTable
{
    private const byte Syn = 2;
    private const byte Ack = 16;
    private const byte FinOrRst = 5;

    private readonly Dictionary<ConnectionTuple, (Connection Connection, ConntrackDirection Direction)> entries = [];
    private readonly Dictionary<ConnectionTuple, Connection> expectations = [];

    /// <summary>Whether a TCP packet that is not a SYN may open an entry (<c>nf_conntrack_tcp_loose</c>). Default: yes, as in the kernel.</summary>
    public bool PicksUpMidStream { get; set; } = true;

    /// <summary>The confirmed connections, in no particular order.</summary>
    public IEnumerable<Connection> Connections => entries.Values.Where(entry => entry.Direction == ConntrackDirection.Original).Select(entry => entry.Connection);

    /// <summary>The confirmed connection that a tuple belongs to, or null.</summary>
    public Connection? Find(ConnectionTuple tuple) => entries.TryGetValue(tuple, out var entry) ? entry.Connection : null;

    /// <summary>Forgets a connection.</summary>
    public void Remove(Connection connection)
    {
        entries.Remove(connection.Original);
        entries.Remove(connection.Reply);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        entries.Clear();
        expectations.Clear();
    }

    /// <summary>Announces a secondary connection from any source port: its first packet is RELATED and inherits the master's mark.</summary>
    public void Expect(ConnectionTuple tuple, Connection master) => expectations[tuple with { SourcePort = 0 }] = master;

    /// <summary>What the tracking hook does at priority -200: leaves placed and untracked packets alone, places the others.</summary>
    internal void Track(PacketState state)
    {
        if (state.Connection is not null || state.State == ConntrackState.Untracked)
        {
            return;
        }

        Packet packet = state.Packet;
        if (packet.IsMalformed || packet.IsLaterFragment)
        {
            return;
        }

        if (IsNeighbourDiscovery(packet))
        {
            state.State = ConntrackState.Untracked;
        }
        else if (IsIcmpError(packet))
        {
            TrackError(state, packet);
        }
        else
        {
            TrackTuple(state, packet);
        }
    }

    /// <summary>What the last hook does: enters a connection whose first packet has made it.</summary>
    internal void Confirm(PacketState state)
    {
        if (state.Connection is not { } connection || connection.Status.HasFlag(ConntrackStatus.Confirmed))
        {
            return;
        }

        connection.Status |= ConntrackStatus.Confirmed;
        entries[connection.Original] = (connection, ConntrackDirection.Original);
        entries[connection.Reply] = (connection, ConntrackDirection.Reply);
    }

    private static bool IsNeighbourDiscovery(Packet packet) =>
        packet.Family == PacketFamily.IPv6 && packet.Protocol == 58 && packet.IcmpType is >= 130 and <= 136 or 143;

    /// <summary>Errors carry the packet they are about; they never open a connection.</summary>
    private static bool IsIcmpError(Packet packet) => packet.Family == PacketFamily.IPv4
        ? packet.Protocol == 1 && packet.IcmpType is 3 or 4 or 5 or 11 or 12
        : packet.Protocol == 58 && packet.IcmpType < 128;

    private void TrackError(PacketState state, Packet packet)
    {
        if (packet.Inner is not { } inner || !entries.TryGetValue(ConnectionTuple.Of(inner).Inverted(), out var entry))
        {
            return;
        }

        state.Connection = entry.Connection;
        state.Direction = entry.Direction;
        state.State = ConntrackState.Related;
    }

    private void TrackTuple(PacketState state, Packet packet)
    {
        ConnectionTuple tuple = ConnectionTuple.Of(state);
        if (entries.TryGetValue(tuple, out var entry))
        {
            Connection connection = entry.Connection;
            state.Connection = connection;
            state.Direction = entry.Direction;
            state.State = entry.Direction == ConntrackDirection.Reply || connection.Status.HasFlag(ConntrackStatus.SeenReply) ? ConntrackState.Established
                : connection.Status.HasFlag(ConntrackStatus.Expected) ? ConntrackState.Related
                : ConntrackState.New;
            connection.Status |= entry.Direction == ConntrackDirection.Reply ? ConntrackStatus.SeenReply : ConntrackStatus.None;
            return;
        }

        if (!MayOpen(packet))
        {
            return;
        }

        Connection opened = new(tuple);
        bool expected = expectations.Remove(tuple with { SourcePort = 0 }, out Connection? master);
        opened.Mark = expected ? master!.Mark : 0;
        opened.Status = expected ? ConntrackStatus.Expected : ConntrackStatus.None;
        state.Connection = opened;
        state.Direction = ConntrackDirection.Original;
        state.State = expected ? ConntrackState.Related : ConntrackState.New;
    }

    private bool MayOpen(Packet packet)
    {
        if (packet.IcmpType is { } type)
        {
            return ConnectionTuple.OpensIcmp(packet.Family, type);
        }

        if (packet.Protocol != 6 || packet.TcpFlags is not { } flags)
        {
            return true;
        }

        bool isSyn = (flags & Syn) != 0;
        bool isAck = (flags & Ack) != 0;
        return (flags & FinOrRst) == 0 && (isSyn ? !isAck : isAck && PicksUpMidStream);
    }
}
