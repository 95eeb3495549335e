using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Where a field of packets is found, how long it is, and what the kernel's and nft's types of it are.</summary>
/// <param name="Field">The field.</param>
/// <param name="Source">What loads it.</param>
/// <param name="Key">Key of <c>meta</c> or <c>ct</c>; header number of a payload.</param>
/// <param name="Offset">Offset in the header.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Type">nft's type number, which only listings need.</param>
/// <param name="Order">nft's byte order of named sets: 0 unsaid, 1 the machine's, 2 the network's.</param>
/// <param name="Family">The family it only exists in; 0 for both.</param>
/// <param name="Protocol">The transport protocol it only exists in; 0 for all.</param>
internal sealed record FieldLayout(
    RuleField Field, FieldSource Source, uint Key, int Offset, int Length, uint Type, byte Order, byte Family = 0, byte Protocol = 0)
{
    public const uint LinkHeader = 0;
    public const uint NetworkHeader = 1;
    public const uint TransportHeader = 2;
    public const byte OrderUnsaid = 0;
    public const byte OrderMachine = 1;
    public const byte OrderNetwork = 2;

    private static readonly FieldLayout[] s_all =
    [
        new(RuleField.Identity, FieldSource.Meta, 2, 0, 4, 0x17, OrderMachine),
        new(RuleField.Protocol, FieldSource.Meta, 16, 0, 1, 0x0c, OrderUnsaid),
        new(RuleField.Family, FieldSource.Meta, 15, 0, 1, 0x02, OrderUnsaid),
        new(RuleField.InInterface, FieldSource.Meta, 6, 0, 16, 0x29, OrderMachine),
        new(RuleField.OutInterface, FieldSource.Meta, 7, 0, 16, 0x29, OrderMachine),
        new(RuleField.InInterfaceIndex, FieldSource.Meta, 4, 0, 4, 0x14, OrderMachine),
        new(RuleField.Source4, FieldSource.Payload, NetworkHeader, 12, 4, 0x07, OrderNetwork, Nf.ProtocolIPv4),
        new(RuleField.Destination4, FieldSource.Payload, NetworkHeader, 16, 4, 0x07, OrderNetwork, Nf.ProtocolIPv4),
        new(RuleField.Source6, FieldSource.Payload, NetworkHeader, 8, 16, 0x08, OrderNetwork, Nf.ProtocolIPv6),
        new(RuleField.Destination6, FieldSource.Payload, NetworkHeader, 24, 16, 0x08, OrderNetwork, Nf.ProtocolIPv6),
        new(RuleField.SourcePort, FieldSource.Payload, TransportHeader, 0, 2, 0x0d, OrderNetwork),
        new(RuleField.DestinationPort, FieldSource.Payload, TransportHeader, 2, 2, 0x0d, OrderNetwork),
        new(RuleField.IcmpType, FieldSource.Payload, TransportHeader, 0, 1, 0x0e, OrderNetwork, Nf.ProtocolIPv4, 1),
        new(RuleField.IcmpCode, FieldSource.Payload, TransportHeader, 1, 1, 0x20, OrderNetwork, Nf.ProtocolIPv4, 1),
        new(RuleField.Icmp6Type, FieldSource.Payload, TransportHeader, 0, 1, 0x1d, OrderNetwork, Nf.ProtocolIPv6, 58),
        new(RuleField.Icmp6Code, FieldSource.Payload, TransportHeader, 1, 1, 0x21, OrderNetwork, Nf.ProtocolIPv6, 58),
        new(RuleField.ConnectionState, FieldSource.Connection, 0, 0, 4, 0x1a, OrderMachine),
        new(RuleField.ConnectionStatus, FieldSource.Connection, 2, 0, 4, 0x1c, OrderMachine),
        new(RuleField.ConnectionDirection, FieldSource.Connection, 1, 0, 1, 0x1b, OrderMachine),
        new(RuleField.ConnectionMark, FieldSource.Connection, 3, 0, 4, 0x13, OrderMachine),
        new(RuleField.PacketMark, FieldSource.Meta, 3, 0, 4, 0x13, OrderMachine),
        new(RuleField.HopLimit, FieldSource.Payload, NetworkHeader, 7, 1, 0x04, OrderNetwork, Nf.ProtocolIPv6),
        new(RuleField.LinkSource, FieldSource.Payload, LinkHeader, 6, 6, 0x09, OrderNetwork),
        new(RuleField.LinkDestination, FieldSource.Payload, LinkHeader, 0, 6, 0x09, OrderNetwork),
        new(RuleField.LinkProtocol, FieldSource.Payload, LinkHeader, 12, 2, 0x0a, OrderNetwork),
        new(RuleField.ArpHead, FieldSource.Payload, NetworkHeader, 0, 8, 0x04, OrderNetwork, Nf.ProtocolArp),
        new(RuleField.ArpSenderLink, FieldSource.Payload, NetworkHeader, 8, 6, 0x09, OrderNetwork, Nf.ProtocolArp),
        new(RuleField.ArpSender4, FieldSource.Payload, NetworkHeader, 14, 4, 0x07, OrderNetwork, Nf.ProtocolArp),
        new(RuleField.Length6, FieldSource.Payload, NetworkHeader, 4, 2, 0x04, OrderNetwork, Nf.ProtocolIPv6),
        new(RuleField.NeighbourTarget, FieldSource.Payload, TransportHeader, 8, 16, 0x08, OrderNetwork, Nf.ProtocolIPv6, 58),
        new(RuleField.NeighbourOption, FieldSource.Payload, TransportHeader, 24, 8, 0x04, OrderNetwork, Nf.ProtocolIPv6, 58),
        new(RuleField.RouterOption, FieldSource.Payload, TransportHeader, 8, 8, 0x04, OrderNetwork, Nf.ProtocolIPv6, 58),
    ];

    /// <summary>Bytes it takes within a key of several fields: they begin at multiples of four.</summary>
    public int PaddedLength => (Length + 3) & ~3;

    /// <summary>True if its values are names, which are compared from the front.</summary>
    public bool IsName => Field is RuleField.InInterface or RuleField.OutInterface;

    /// <summary>True if it is a set of bits, of which rules ask whether one is there.</summary>
    public bool IsBits => Field is RuleField.ConnectionState or RuleField.ConnectionStatus;

    /// <summary>True if the packet does not have it in network order, so that it must be turned before it can be compared for order.</summary>
    public bool IsTurnedForOrder => Source != FieldSource.Payload && !IsName;

    public static FieldLayout Of(RuleField field) => s_all[(int)field];

    /// <summary>The fields that a type of nft's can be of; the first stands for all of them.</summary>
    public static FieldLayout? OfType(uint type) => Array.Find(s_all, l => l.Type == type);

    public static FieldLayout? OfMeta(uint key) => Array.Find(s_all, l => l.Source == FieldSource.Meta && l.Key == key);

    public static FieldLayout? OfConnection(uint key) => Array.Find(s_all, l => l.Source == FieldSource.Connection && l.Key == key);

    /// <summary>The family of what a frame carries; 0 for anything else.</summary>
    public static byte FamilyOf(ulong linkProtocol) => linkProtocol switch
    {
        0x0800 => Nf.ProtocolIPv4,
        0x86dd => Nf.ProtocolIPv6,
        0x0806 => Nf.ProtocolArp,
        _ => 0,
    };

    /// <summary>nft's type number of several fields.</summary>
    public static uint TypeOf(ReadOnlySpan<RuleField> fields)
    {
        uint type = 0;
        foreach (RuleField field in fields)
        {
            type = (type << 6) | Of(field).Type;
        }

        return type;
    }

    /// <summary>Bytes of a key.</summary>
    public static int LengthOf(ReadOnlySpan<RuleField> fields)
    {
        if (fields.Length == 1)
        {
            return Of(fields[0]).Length;
        }

        int length = 0;
        foreach (RuleField field in fields)
        {
            length += Of(field).PaddedLength;
        }

        return length;
    }
}
