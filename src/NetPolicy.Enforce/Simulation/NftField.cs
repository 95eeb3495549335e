namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// One loadable value: which, its type, how it is written, and what the protocol headers must be before it can be read.
/// </summary>
internal sealed record NftField(NftFieldKind Kind, NftType Type, string Text)
{
    /// <summary>The address family the field's header belongs to; null: any.</summary>
    internal PacketFamily? Network { get; init; }

    /// <summary>Whether <see cref="Network"/> is only assumed where the rule has not said otherwise (ICMP).</summary>
    internal bool IsNetworkAssumed { get; init; }

    /// <summary>The transport protocol the field's header belongs to; null: any.</summary>
    internal byte? Transport { get; init; }

    /// <summary>For <c>ct original</c> and <c>ct reply</c>: which tuple.</summary>
    internal ConntrackDirection TupleDirection { get; init; }

    /// <summary>For bytes of a frame: the header they are in, the first of them, and how many they are.</summary>
    internal (FrameHeader Header, int Offset, int Length) Bytes { get; init; }

    /// <summary>For <c>fib</c>: what to look up by.</summary>
    internal FibKeys FibKeys { get; init; }

    /// <summary>Reads the field; false is the kernel's BREAK.</summary>
    internal bool TryLoad(Execution execution, out UInt128 value)
    {
        PacketState state = execution.State;
        Packet packet = state.Packet;
        switch (Kind)
        {
            case NftFieldKind.MetaMark:
                value = state.Mark;
                return true;
            case NftFieldKind.MetaPriority:
                value = state.Priority;
                return true;
            case NftFieldKind.MetaL4Proto:
                value = packet.Protocol;
                return packet.Family != PacketFamily.Other;
            case NftFieldKind.MetaNfProto:
                value = packet.Frame is not null ? 7u : packet.Family == PacketFamily.IPv4 ? 2u : 10u;
                return true;
            case NftFieldKind.MetaProtocol:
                value = packet.Frame?.Protocol ?? (packet.Family == PacketFamily.IPv4 ? 0x0800u : 0x86ddu);
                return true;
            case NftFieldKind.MetaInputName:
            case NftFieldKind.MetaInputIndex:
                value = state.InputInterfaceKey;
                return true;
            case NftFieldKind.MetaOutputName:
            case NftFieldKind.MetaOutputIndex:
                value = state.OutputInterfaceKey;
                return true;
            case NftFieldKind.MetaInputType:
                return TryLoadInterfaceType(execution.Hook == Hook.Postrouting ? state.OutputInterface : state.InputInterface, out value);
            case NftFieldKind.MetaOutputType:
                return TryLoadInterfaceType(state.OutputInterface, out value);
            case NftFieldKind.IpSource:
            case NftFieldKind.Ip6Source:
                value = state.Source;
                return packet.Family == Network;
            case NftFieldKind.IpDestination:
            case NftFieldKind.Ip6Destination:
                value = state.Destination;
                return packet.Family == Network;
            case NftFieldKind.IpProtocol:
                value = packet.Protocol;
                return packet.Family == Network;
            case NftFieldKind.IpTtl:
            case NftFieldKind.Ip6HopLimit:
                value = packet.HopLimit;
                return packet.Family == Network;
            case NftFieldKind.IpDscp:
            case NftFieldKind.Ip6Dscp:
                value = (uint)packet.TrafficClass >> 2;
                return packet.Family == Network;
            case NftFieldKind.IpFragment:
                value = packet.Fragment;
                return packet.Family == Network;
            case NftFieldKind.Ip6NextHeader:
                value = packet.Fragment != 0 ? 44u : packet.Protocol;
                return packet.Family == Network;
            case NftFieldKind.Ip6HasFragment:
                value = packet.Family == PacketFamily.IPv6 && packet.Fragment != 0 ? 1u : 0u;
                return true;
            case NftFieldKind.SourcePort:
                return TryLoadFirstHalf(state, out value);
            case NftFieldKind.DestinationPort:
                return TryLoadSecondHalf(state, out value);
            case NftFieldKind.TcpFlags:
                return TryLoadTransport(packet, packet.TcpFlags, out value);
            case NftFieldKind.IcmpType:
                return TryLoadTransport(packet, packet.IcmpType, out value);
            case NftFieldKind.IcmpCode:
                return TryLoadTransport(packet, packet.IcmpCode, out value);
            case NftFieldKind.LinkSource:
            case NftFieldKind.LinkDestination:
            case NftFieldKind.LinkProtocol:
            case NftFieldKind.Raw:
                value = default;
                return packet.Frame is { } frame && frame.TryRead(Bytes, out value);
            case NftFieldKind.ArpSenderLink:
            case NftFieldKind.ArpSender:
                value = default;
                return packet.Frame is { IsArp: true } arp && arp.TryRead(Bytes, out value);
            case NftFieldKind.CtState:
                value = StateBit(state.State);
                return true;
            case NftFieldKind.FibInterface:
            case NftFieldKind.FibInterfaceName:
            case NftFieldKind.FibType:
                value = LoadFib(execution);
                return true;
            default:
                value = default;
                return state.Connection is { } connection && TryLoadConnection(connection, state.Direction, out value);
        }
    }

    /// <summary>The kernel reads the device that holds the packet: at postrouting <c>iiftype</c> is already that of the outgoing one.</summary>
    private static bool TryLoadInterfaceType(string? name, out UInt128 value)
    {
        value = name == "lo" ? 772u : 1u;
        return name is not null;
    }

    /// <summary>Transport bytes 0-1: a source port, or ICMP type and code. Later fragments carry no transport header.</summary>
    private static bool TryLoadFirstHalf(PacketState state, out UInt128 value)
    {
        Packet packet = state.Packet;
        value = packet.IcmpType is { } type ? (uint)((type << 8) | (packet.IcmpCode ?? 0)) : state.SourcePort ?? 0u;
        return !packet.IsLaterFragment && (packet.IcmpType ?? state.SourcePort) is not null;
    }

    /// <summary>Transport bytes 2-3: a destination port, or the ICMP checksum.</summary>
    private static bool TryLoadSecondHalf(PacketState state, out UInt128 value)
    {
        Packet packet = state.Packet;
        ushort? half = packet.IcmpType is null ? state.DestinationPort : packet.IcmpChecksum;
        value = half ?? 0u;
        return !packet.IsLaterFragment && half is not null;
    }

    private static bool TryLoadTransport(Packet packet, byte? field, out UInt128 value)
    {
        value = field ?? 0u;
        return !packet.IsLaterFragment && field is not null;
    }

    private static uint StateBit(ConntrackState state) => state switch
    {
        ConntrackState.Invalid => 1,
        ConntrackState.Established => 2,
        ConntrackState.Related => 4,
        ConntrackState.New => 8,
        ConntrackState.Untracked => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private UInt128 LoadFib(Execution execution)
    {
        FibAnswer answer = execution.Fib(FibKeys);
        return Kind == NftFieldKind.FibType ? (uint)answer.AddressType
            : answer.OutputInterface is { } name ? InterfaceKey.Of(name)
            : UInt128.Zero;
    }

    private bool TryLoadConnection(Connection connection, ConntrackDirection direction, out UInt128 value)
    {
        ConnectionTuple tuple = TupleDirection == ConntrackDirection.Original ? connection.Original : connection.Reply;
        switch (Kind)
        {
            case NftFieldKind.CtStatus:
                value = (uint)connection.Status;
                return true;
            case NftFieldKind.CtDirection:
                value = (uint)direction;
                return true;
            case NftFieldKind.CtMark:
                value = connection.Mark;
                return true;
            case NftFieldKind.CtProtocol:
                value = tuple.Protocol;
                return true;
            case NftFieldKind.CtL3Protocol:
                value = tuple.Family == PacketFamily.IPv4 ? 2u : 10u;
                return true;
            case NftFieldKind.CtIpSource:
            case NftFieldKind.CtIp6Source:
                value = tuple.Source;
                return tuple.Family == Network;
            case NftFieldKind.CtIpDestination:
            case NftFieldKind.CtIp6Destination:
                value = tuple.Destination;
                return tuple.Family == Network;
            case NftFieldKind.CtSourcePort:
                value = tuple.SourcePort;
                return true;
            case NftFieldKind.CtDestinationPort:
                value = tuple.DestinationPort;
                return true;
            default:
                throw new InvalidOperationException($"field {Kind} is not a connection field");
        }
    }
}
