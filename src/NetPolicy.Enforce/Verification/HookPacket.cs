using NetPolicy.Addresses;
using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce;

/// <summary>Where the rules of a table stand in a packet's way.</summary>
internal enum HookStage : byte
{
    /// <summary>Prerouting, before connections are tracked.</summary>
    RawIn = 0,

    /// <summary>Output, before connections are tracked.</summary>
    RawOut,

    /// <summary>Prerouting, before destinations are translated.</summary>
    Before,

    /// <summary>Input.</summary>
    Input,

    /// <summary>Forward.</summary>
    Forward,

    /// <summary>Output, after destinations are translated.</summary>
    Output,

    /// <summary>Postrouting, before sources are translated.</summary>
    Postrouting,
}

/// <summary>A packet as the rules of one hook find it.</summary>
internal readonly record struct HookPacket(HookStage Stage, string? In, string? Out, IpAddress Source, IpAddress Destination, TranslationTraffic Traffic)
{
    /// <summary>The packet's mark.</summary>
    public uint Mark { get; init; }

    /// <summary>The packet's priority, which is the rules' register meanwhile.</summary>
    public uint Priority { get; init; }

    /// <summary>What tracking says of it.</summary>
    public ConntrackState State { get; init; } = ConntrackState.New;

    /// <summary>Its direction in its connection.</summary>
    public ConntrackDirection Direction { get; init; }

    /// <summary>Its connection's mark.</summary>
    public uint ConnectionMark { get; init; }

    /// <summary>True if its connection has been entered.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>True if its connection's destination is translated, if it has a connection.</summary>
    public bool IsTranslated { get; init; }

    /// <summary>True if it has a connection.</summary>
    public bool IsTracked => State is not (ConntrackState.Untracked or ConntrackState.Invalid);

    /// <summary>Its hop limit.</summary>
    public byte HopLimit { get; init; } = 64;

    private bool HasPorts => Traffic.Port >= 0;

    private bool HasType => Traffic.Type >= 0;

    /// <summary>As rules of policies see it.</summary>
    public Engine.Packet ToPacket() => new(Source.Family, Traffic.Protocol, Traffic.Port, HasPorts ? Traffic.SourcePort : -1, Traffic.Type, Traffic.Code, null, null);

    /// <summary>As the interpreter takes it.</summary>
    public PacketState ToState()
    {
        Simulation.Packet packet = new()
        {
            Family = Source.Family == IpFamily.IPv6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
            Source = Source.Value,
            Destination = Destination.Value,
            Protocol = Traffic.Protocol.Number,
            SourcePort = HasPorts ? (ushort)Traffic.SourcePort : null,
            DestinationPort = HasPorts ? (ushort)Traffic.Port : null,
            IcmpType = HasType ? (byte)Traffic.Type : null,
            IcmpCode = HasType ? (byte)Traffic.Code : null,
            HopLimit = HopLimit,
            Mark = Mark,
            Priority = Priority,
            InputInterface = In,
        };
        PacketState state = Stage is HookStage.RawIn or HookStage.RawOut ? new PacketState(packet) : PacketState.Tracked(packet, State, Direction);
        state.OutputInterface = Out;
        if (state.Connection is { } connection)
        {
            connection.Mark = ConnectionMark;
            connection.Status = (IsConfirmed ? ConntrackStatus.Confirmed : ConntrackStatus.None) | (IsTranslated ? ConntrackStatus.DestinationNat : ConntrackStatus.None);
        }

        return state;
    }

    /// <summary>As a person would ask for it.</summary>
    public Engine.FlowRequest ToRequest() => new()
    {
        From = Source.ToString(),
        To = Destination.ToString(),
        Protocol = Traffic.Protocol.ToString(),
        Port = HasPorts ? Traffic.Port : null,
        SourcePort = HasPorts ? Traffic.SourcePort : null,
        IcmpType = HasType ? Traffic.Type : null,
        IcmpCode = HasType ? Traffic.Code : null,
    };

    /// <summary>The hook and the interfaces, as a report names them.</summary>
    public string Place => (Stage switch
    {
        HookStage.RawIn => "prerouting before tracking",
        HookStage.RawOut => "output before tracking",
        HookStage.Before => "prerouting before translation",
        HookStage.Input => "input",
        HookStage.Forward => "forward",
        HookStage.Output => "output",
        HookStage.Postrouting => "postrouting",
        _ => throw new InvalidOperationException($"unknown stage {Stage}"),
    }) + (In is null ? "" : $" from {In}") + (Out is null ? "" : $" to {Out}");
}
