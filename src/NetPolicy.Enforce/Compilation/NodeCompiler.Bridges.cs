using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <content>
/// Workloads behind bridges. Packets between two ports meet the forward hook with the bridge as both interfaces, others with the bridge as the one on their side:
/// who sends and who receives is told by address, which the table of family <c>bridge</c> has made sure of.
/// </content>
internal sealed partial class NodeCompiler
{
    private bool HasBridges => !_options.Bridges.IsEmpty;

    /// <summary>Which workload behind a bridge a packet is for.</summary>
    private static RuleChain ToBridge() => Say.Chain(
        ChainNames.ToBridge,
        Say.Line(Say.Look("into4", RuleField.OutInterface, RuleField.Destination4)),
        Say.Line(Say.Look("into6", RuleField.OutInterface, RuleField.Destination6)));

    /// <summary>What becomes of packets from a bridge whose source nobody has.</summary>
    private RuleLine[] FromBridges() => HasBridges
        ? [Say.Line(Say.In(ChainNames.Bridges, RuleField.InInterface), _options.UnknownPods == UnknownPods.Closed ? Say.Goto(ChainNames.Closed) : Say.Return)]
        : [];

    /// <summary>Unknown workloads that are left alone are so on their way to the node too.</summary>
    private RuleLine[] UnknownToHost() => HasBridges && _options.UnknownPods == UnknownPods.Open
        ? [Say.Line(Say.In(ChainNames.Bridges, RuleField.InInterface), Say.IsIdentity(0), Say.Return)]
        : [];

    /// <summary>A workload that has no address yet asks the node for one.</summary>
    private RuleLine[] BridgedToHost() => HasBridges
        ?
        [
            Say.Line(
                Say.In(ChainNames.Bridges, RuleField.InInterface), Say.Is(RuleField.Source4, Say.Of(IpPrefix.Parse("0.0.0.0/32"))),
                Say.Is(RuleField.Protocol, Say.Of(Protocol.Udp)), Say.Is(RuleField.SourcePort, Say.Of((ushort)68)), Say.Is(RuleField.DestinationPort, Say.Of((ushort)67)),
                Say.Return),
            Say.Line(
                Say.In(ChainNames.Bridges, RuleField.InInterface), Say.Is(RuleField.Source6, Say.Of(IpPrefix.Parse("fe80::/10"))),
                Say.Is(RuleField.Protocol, Say.Of(Protocol.Udp)), Say.Is(RuleField.SourcePort, Say.Of((ushort)546)), Say.Is(RuleField.DestinationPort, Say.Of((ushort)547)),
                Say.Return),
        ]
        : [];

    /// <summary>Neighbours behind one bridge find each other; what they may say is in the bridge's own table.</summary>
    private RuleLine[] BetweenPorts() => HasBridges
        ?
        [
            Say.Line(
                Say.In(ChainNames.Bridges, RuleField.InInterface), Say.In(ChainNames.Bridges, RuleField.OutInterface), Say.IsIcmpV6,
                Say.Is(RuleField.Icmp6Type, [.. NeighbourTypes.Order().Select(Say.Of)]), Say.Return),
        ]
        : [];
}
