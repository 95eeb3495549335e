namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// Takes packets through a host's hooks in the kernel's order: raw, connection tracking (-200), mangle, destination NAT
/// (-100), filter, routing, source NAT (100), confirmation. The kernel orders chains at exactly -200, -100 or 100 and the built-in
/// step by which was there first; here the step comes first.
/// </summary>
/// <remarks>For one thread at a time. Connections persist in <see cref="Conntrack"/> from packet to packet.</remarks>
public sealed class PacketWalk
{
    private const int TrackingPriority = -200;
    private const int DestinationNatPriority = -100;
    private const int SourceNatPriority = 100;

    /// <summary>The Linux queueing priority for each IPv4 TOS, by its bits 1-4.</summary>
    private static readonly byte[] PriorityOfTos = [0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4];

    private readonly NftMachine machine;
    private readonly HostModel host;

    /// <summary>Prepares walks through one host.</summary>
    public PacketWalk(NftMachine machine, HostModel host, ConntrackTable? conntrack = null)
    {
        this.machine = machine;
        this.host = host;
        Conntrack = conntrack ?? new ConntrackTable();
    }

    /// <summary>The host's connections.</summary>
    public ConntrackTable Conntrack { get; }

    /// <summary>A packet arrives on its <see cref="Packet.InputInterface"/> and goes where routing sends it.</summary>
    /// <exception cref="ArgumentException">The packet has no input interface.</exception>
    public WalkOutcome Receive(Packet packet)
    {
        if (packet.InputInterface is null)
        {
            throw new ArgumentException("a received packet needs an input interface", nameof(packet));
        }

        Walk walk = new(new PacketState(packet));
        return Arrive(walk);
    }

    /// <summary>A local process sends a packet.</summary>
    /// <exception cref="ArgumentException">The packet has an input interface.</exception>
    public WalkOutcome Send(Packet packet)
    {
        if (packet.InputInterface is not null)
        {
            throw new ArgumentException("a locally generated packet has no input interface", nameof(packet));
        }

        Walk walk = new(new PacketState(packet)) { Journey = Journey.FromHost };
        PacketState state = walk.State;
        state.OutputInterface = OutputOf(host.Route(state));
        if (state.OutputInterface is null)
        {
            return walk.Unroutable();
        }

        (uint mark, UInt128 destination) = (state.Mark, state.Destination);
        if (!RunEarly(walk, Hook.Output) || !Run(walk, Hook.Output, DestinationNatPriority, int.MaxValue))
        {
            return walk.Dropped();
        }

        if (mark != state.Mark || destination != state.Destination)
        {
            state.OutputInterface = OutputOf(host.Route(state));
        }

        if (state.OutputInterface is not { } output)
        {
            return walk.Unroutable();
        }

        if (!Leave(walk))
        {
            return walk.Dropped();
        }

        if (output != "lo")
        {
            return walk.Accepted();
        }

        walk.Journey = Journey.Loopback;
        state.InputInterface = output;
        state.OutputInterface = null;
        return Arrive(walk);
    }

    private static string? OutputOf(RouteDecision route) => route.IsLocal ? "lo" : route.OutputInterface;

    private WalkOutcome Arrive(Walk walk)
    {
        PacketState state = walk.State;
        if (!RunEarly(walk, Hook.Prerouting) || !Run(walk, Hook.Prerouting, DestinationNatPriority, int.MaxValue))
        {
            return walk.Dropped();
        }

        RouteDecision route = host.Route(state);
        if (route.IsLocal)
        {
            walk.Journey = walk.Journey == Journey.Loopback ? Journey.Loopback : Journey.ToHost;
            return Run(walk, Hook.Input, int.MinValue, SourceNatPriority)
                && Translate(walk, Hook.Input)
                && Run(walk, Hook.Input, SourceNatPriority, int.MaxValue)
                ? Delivered(walk)
                : walk.Dropped();
        }

        if (route.OutputInterface is null)
        {
            return walk.Unroutable();
        }

        walk.Journey = Journey.Forwarded;
        state.OutputInterface = route.OutputInterface;
        if (state.Packet.Family == PacketFamily.IPv4)
        {
            state.Priority = PriorityOfTos[(state.Packet.TrafficClass & 0x1e) >> 1];
        }

        return Run(walk, Hook.Forward, int.MinValue, int.MaxValue) && Leave(walk) ? walk.Accepted() : walk.Dropped();
    }

    private WalkOutcome Delivered(Walk walk)
    {
        Conntrack.Confirm(walk.State);
        return walk.Accepted();
    }

    /// <summary>Everything of prerouting or output up to and including destination NAT.</summary>
    private bool RunEarly(Walk walk, Hook hook)
    {
        if (!Run(walk, hook, int.MinValue, TrackingPriority))
        {
            return false;
        }

        Conntrack.Track(walk.State);
        return Run(walk, hook, TrackingPriority, DestinationNatPriority) && Translate(walk, hook);
    }

    private bool Leave(Walk walk)
    {
        if (!Run(walk, Hook.Postrouting, int.MinValue, SourceNatPriority)
            || !Translate(walk, Hook.Postrouting)
            || !Run(walk, Hook.Postrouting, SourceNatPriority, int.MaxValue))
        {
            return false;
        }

        Conntrack.Confirm(walk.State);
        return true;
    }

    private bool Run(Walk walk, Hook hook, int from, int to)
    {
        HookOutcome outcome = machine.Run(hook, walk.State, from, to);
        if (outcome.Chains.Count > 0)
        {
            walk.Hooks.Add(outcome);
        }

        return outcome.Verdict == NftVerdict.Accept;
    }

    /// <summary>The NAT step of a hook: decides once per connection, then rewrites every packet of it.</summary>
    private bool Translate(Walk walk, Hook hook)
    {
        PacketState state = walk.State;
        if (state.Connection is not { } connection)
        {
            return true;
        }

        bool isDestination = hook is Hook.Prerouting or Hook.Output;
        ConntrackStatus done = isDestination ? ConntrackStatus.DestinationNatDone : ConntrackStatus.SourceNatDone;
        bool isError = state.State == ConntrackState.Related && state.Packet.Inner is not null;
        if (!connection.Status.HasFlag(done) && !isError && state.State is ConntrackState.New or ConntrackState.Related)
        {
            HookOutcome outcome = machine.RunNat(hook, state);
            if (outcome.Chains.Count > 0)
            {
                walk.Hooks.Add(outcome);
            }

            if (outcome.Verdict == NftVerdict.Drop)
            {
                return false;
            }

            if ((state.Nat ?? (isDestination ? host.Dnat?.Invoke(state) : null)) is { } binding)
            {
                Bind(connection, binding, state);
            }

            connection.Status |= done;
        }

        Rewrite(connection, state, isDestination);
        return true;
    }

    private void Bind(Connection connection, NatBinding binding, PacketState state)
    {
        ConnectionTuple before = connection.Reply;
        if (binding.Kind is NatKind.Destination or NatKind.Redirect)
        {
            UInt128 address = binding.Address ?? (binding.Kind == NatKind.Redirect ? AddressOf(state.InputInterface ?? "lo", state) : before.Source);
            connection.Reply = before with { Source = address, SourcePort = binding.Port ?? before.SourcePort };
            connection.Status |= connection.Reply != before ? ConntrackStatus.DestinationNat : ConntrackStatus.None;
            return;
        }

        UInt128 source = binding.Address ?? (binding.Kind == NatKind.Masquerade ? AddressOf(state.OutputInterface ?? "lo", state) : before.Destination);
        connection.Reply = before.IsIcmp
            ? before with { Destination = source }
            : before with { Destination = source, DestinationPort = binding.Port ?? before.DestinationPort };
        connection.Status |= connection.Reply != before ? ConntrackStatus.SourceNat : ConntrackStatus.None;
    }

    private UInt128 AddressOf(string name, PacketState state) => host.AddressOf is { } addressOf
        ? addressOf(name, state.Packet.Family)
        : throw new NftExecutionException($"a rule translates to the address of `{name}`, and no addresses were given");

    /// <summary>A translated connection shows its other direction's tuple, in the half that this hook may change.</summary>
    private static void Rewrite(Connection connection, PacketState state, bool isDestination)
    {
        bool isReply = state.Direction == ConntrackDirection.Reply;
        ConntrackStatus needed = isDestination != isReply ? ConntrackStatus.DestinationNat : ConntrackStatus.SourceNat;
        if (!connection.Status.HasFlag(needed))
        {
            return;
        }

        ConnectionTuple target = (isReply ? connection.Original : connection.Reply).Inverted();
        bool hasPorts = state.Packet.IcmpType is null;
        if (isDestination)
        {
            state.Destination = target.Destination;
            state.DestinationPort = hasPorts ? target.DestinationPort : state.DestinationPort;
        }
        else
        {
            state.Source = target.Source;
            state.SourcePort = hasPorts ? target.SourcePort : state.SourcePort;
        }
    }

    private sealed class Walk(PacketState state)
    {
        internal PacketState State { get; } = state;

        internal Journey Journey { get; set; }

        internal List<HookOutcome> Hooks { get; } = [];

        internal WalkOutcome Accepted() => new(NftVerdict.Accept, Journey, Hooks, State, IsUnroutable: false);

        internal WalkOutcome Dropped() => new(NftVerdict.Drop, Journey, Hooks, State, IsUnroutable: false);

        internal WalkOutcome Unroutable() => new(NftVerdict.Drop, Journey, Hooks, State, IsUnroutable: true);
    }
}
