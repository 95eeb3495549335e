namespace NetPolicy.Enforce.Rules;

/// <summary>What a rule can look at in a packet.</summary>
public enum RuleField : byte
{
    /// <summary>The packet's priority, which holds the identity of its peer while rules walk.</summary>
    Identity = 0,

    /// <summary>Transport protocol.</summary>
    Protocol,

    /// <summary>IP version.</summary>
    Family,

    /// <summary>Name of the interface it came in by.</summary>
    InInterface,

    /// <summary>Name of the interface it leaves by.</summary>
    OutInterface,

    /// <summary>Index of the interface it came in by; 0 for packets made on this machine.</summary>
    InInterfaceIndex,

    /// <summary>IPv4 source address.</summary>
    Source4,

    /// <summary>IPv4 destination address.</summary>
    Destination4,

    /// <summary>IPv6 source address.</summary>
    Source6,

    /// <summary>IPv6 destination address.</summary>
    Destination6,

    /// <summary>Source port of protocols with ports.</summary>
    SourcePort,

    /// <summary>Destination port of protocols with ports.</summary>
    DestinationPort,

    /// <summary>ICMP type.</summary>
    IcmpType,

    /// <summary>ICMP code.</summary>
    IcmpCode,

    /// <summary>ICMPv6 type.</summary>
    Icmp6Type,

    /// <summary>ICMPv6 code.</summary>
    Icmp6Code,

    /// <summary>State of the connection.</summary>
    ConnectionState,

    /// <summary>Status bits of the connection.</summary>
    ConnectionStatus,

    /// <summary>Direction within the connection.</summary>
    ConnectionDirection,

    /// <summary>Mark of the connection.</summary>
    ConnectionMark,

    /// <summary>Mark of the packet.</summary>
    PacketMark,

    /// <summary>IPv6 hop limit.</summary>
    HopLimit,

    /// <summary>Link-layer source address of a frame.</summary>
    LinkSource,

    /// <summary>Link-layer destination address of a frame.</summary>
    LinkDestination,

    /// <summary>What a frame carries: IPv4, IPv6, ARP. That of the tag for frames with a VLAN tag.</summary>
    LinkProtocol,

    /// <summary>The first eight bytes of ARP: its kinds and lengths of addresses, and the operation.</summary>
    ArpHead,

    /// <summary>Link-layer address of an ARP packet's sender.</summary>
    ArpSenderLink,

    /// <summary>IPv4 address of an ARP packet's sender.</summary>
    ArpSender4,

    /// <summary>Bytes behind the IPv6 header.</summary>
    Length6,

    /// <summary>Target of a neighbour solicitation or advertisement.</summary>
    NeighbourTarget,

    /// <summary>The first option of a neighbour solicitation or advertisement, eight bytes.</summary>
    NeighbourOption,

    /// <summary>The first option of a router solicitation, eight bytes.</summary>
    RouterOption,
}
