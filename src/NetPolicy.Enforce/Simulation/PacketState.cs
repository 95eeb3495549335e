namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// A packet on its way through the host: what rules can change (mark, priority, addresses) and what the hooks add to it
/// (interfaces, connection). One instance per journey; not for use by two threads.
/// </summary>
public sealed class PacketState
{
    private string? inputInterface;
    private string? outputInterface;

    /// <summary>Starts a journey: no connection, no output interface, mark and priority as the packet brings them.</summary>
    public PacketState(Packet packet)
    {
        Packet = packet;
        Source = packet.Source;
        Destination = packet.Destination;
        SourcePort = packet.SourcePort;
        DestinationPort = packet.DestinationPort;
        Mark = packet.Mark;
        Priority = packet.Priority;
        InputInterface = packet.InputInterface;
    }

    /// <summary>The packet as it started.</summary>
    public Packet Packet { get; }

    /// <summary>The source address, translated if source NAT has happened.</summary>
    public UInt128 Source { get; set; }

    /// <summary>The destination address, translated if destination NAT has happened.</summary>
    public UInt128 Destination { get; set; }

    /// <summary>The source port, translated if source NAT has happened.</summary>
    public ushort? SourcePort { get; set; }

    /// <summary>The destination port, translated if destination NAT has happened.</summary>
    public ushort? DestinationPort { get; set; }

    /// <summary><c>meta mark</c>.</summary>
    public uint Mark { get; set; }

    /// <summary><c>meta priority</c>.</summary>
    public uint Priority { get; set; }

    /// <summary>What <c>iif</c> and <c>iifname</c> see in the current hook; null: no input interface.</summary>
    public string? InputInterface
    {
        get => inputInterface;
        set
        {
            inputInterface = value;
            InputInterfaceKey = value is null ? UInt128.Zero : InterfaceKey.Of(value);
        }
    }

    /// <summary>What <c>oif</c> and <c>oifname</c> see in the current hook; null: no output interface.</summary>
    public string? OutputInterface
    {
        get => outputInterface;
        set
        {
            outputInterface = value;
            OutputInterfaceKey = value is null ? UInt128.Zero : InterfaceKey.Of(value);
        }
    }

    /// <summary>The connection the packet belongs to; null before connection tracking, when invalid and when untracked.</summary>
    public Connection? Connection { get; set; }

    /// <summary>What <c>ct state</c> sees.</summary>
    public ConntrackState State { get; set; }

    /// <summary>The packet's direction within <see cref="Connection"/>.</summary>
    public ConntrackDirection Direction { get; set; }

    /// <summary>What a nat rule asked for during the last <see cref="NftMachine.RunNat"/>; null: nothing.</summary>
    public NatBinding? Nat { get; set; }

    internal UInt128 InputInterfaceKey { get; private set; }

    internal UInt128 OutputInterfaceKey { get; private set; }

    /// <summary>
    /// A packet that connection tracking has placed, for running single hooks without a <see cref="PacketWalk"/>.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="state">New, Established and Related attach <paramref name="connection"/> or a fresh entry; the others none.</param>
    /// <param name="direction">The direction within the connection.</param>
    /// <param name="connection">The entry; null makes one whose tuples follow from the packet and the direction.</param>
    public static PacketState Tracked(
        Packet packet, ConntrackState state, ConntrackDirection direction = ConntrackDirection.Original, Connection? connection = null)
    {
        PacketState result = new(packet) { State = state, Direction = direction };
        if (state is ConntrackState.New or ConntrackState.Established or ConntrackState.Related)
        {
            ConnectionTuple own = ConnectionTuple.Of(result);
            result.Connection = connection ?? new Connection(direction == ConntrackDirection.Original ? own : own.Inverted());
        }

        return result;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Packet} in {InputInterface ?? "-"} out {OutputInterface ?? "-"} ct {State} {Direction}";
}
