using NetPolicy.Addresses;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>A cell of the comparison: a workload, a peer, and traffic between them.</summary>
internal readonly record struct TranslationCell(PolicySide Side, IpAddress Peer, TranslationTraffic Traffic)
{
    private IpAddress From => Side.Direction == Direction.Egress ? Side.Address : Peer;

    private IpAddress To => Side.Direction == Direction.Egress ? Peer : Side.Address;

    private bool HasPorts => Traffic.Port >= 0;

    private bool HasType => Traffic.Type >= 0;

    public bool IsAllowedByPolicy() => Side.IsAllowed(Peer, ToPacket());

    public Engine.Packet ToPacket() => new(Peer.Family, Traffic.Protocol, Traffic.Port, HasPorts ? Traffic.SourcePort : -1, Traffic.Type, Traffic.Code, null, null);

    public PacketState ToState() => PacketState.Tracked(
        new Simulation.Packet
        {
            Family = Peer.Family == IpFamily.IPv6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
            Source = From.Value,
            Destination = To.Value,
            Protocol = Traffic.Protocol.Number,
            SourcePort = HasPorts ? (ushort)Traffic.SourcePort : null,
            DestinationPort = HasPorts ? (ushort)Traffic.Port : null,
            IcmpType = HasType ? (byte)Traffic.Type : null,
            IcmpCode = HasType ? (byte)Traffic.Code : null,
        },
        ConntrackState.New);

    public FlowRequest ToRequest() => new()
    {
        From = From.ToString(),
        To = To.ToString(),
        Protocol = Traffic.Protocol.ToString(),
        Port = HasPorts ? Traffic.Port : null,
        SourcePort = HasPorts ? Traffic.SourcePort : null,
        IcmpType = HasType ? Traffic.Type : null,
        IcmpCode = HasType ? Traffic.Code : null,
    };
}
