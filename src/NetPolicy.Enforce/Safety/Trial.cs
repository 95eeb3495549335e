using NetPolicy.Addresses;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using Packet = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Safety;

/// <summary>A management connection with one peer, by one interface; and what became of it.</summary>
internal sealed class Trial(ManagementFlow flow, IpAddress peer, IpAddress local, string @interface)
{
    public const byte Syn = 2;
    public const byte Ack = 16;
    public const byte SynAck = 18;
    private const ushort AnyPort = 49_876;

    public ManagementFlow Flow { get; } = flow;

    public IpAddress Peer { get; } = peer;

    public IpAddress Local { get; } = local;

    public string Interface { get; } = @interface;

    /// <summary>Which packets were cut.</summary>
    public string What { get; set; } = "";

    /// <summary>Where the rules cut them; null if they did not.</summary>
    public WalkOutcome? Outcome { get; set; }

    /// <summary>What the engine says; null if it does not object.</summary>
    public EndDecision? Decision { get; set; }

    private bool IsInbound => Flow.Direction == ManagementDirection.Inbound;

    /// <summary>A packet of the opening direction, and its answer.</summary>
    /// <param name="sourcePort">The opening end's port; 0 for any.</param>
    public (Packet There, Packet Back) Packets(ushort sourcePort)
    {
        Packet there = new()
        {
            Family = Peer.Family == IpFamily.IPv6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
            Source = (IsInbound ? Peer : Local).Value,
            Destination = (IsInbound ? Local : Peer).Value,
            Protocol = Flow.Protocol.Number,
            SourcePort = sourcePort == 0 ? AnyPort : sourcePort,
            DestinationPort = Flow.Port,
            InputInterface = IsInbound ? Interface : null,
        };
        Packet back = there with
        {
            Source = there.Destination,
            Destination = there.Source,
            SourcePort = there.DestinationPort,
            DestinationPort = there.SourcePort,
            InputInterface = IsInbound ? null : Interface,
        };
        return (there, back);
    }

    // Over loopback one walk is the whole way of a packet, whichever end sends it.
    public WalkOutcome Walk(PacketWalk walk, Packet packet) =>
        Interface == "lo" ? walk.Send(packet with { InputInterface = null })
        : packet.InputInterface is null ? walk.Send(packet)
        : walk.Receive(packet);
}
