namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// A packet as it is on the wire (or as a local process sends it): headers and the interface, no connection state.
/// </summary>
/// <remarks>Addresses are numbers in network order: IPv4 in the low 32 bits. See <see cref="PacketAddress"/>.</remarks>
public sealed record Packet
{
    /// <summary>The IP version.</summary>
    public PacketFamily Family { get; init; }

    /// <summary>The source address.</summary>
    public UInt128 Source { get; init; }

    /// <summary>The destination address.</summary>
    public UInt128 Destination { get; init; }

    /// <summary>The transport protocol number (6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6, 132 SCTP).</summary>
    public byte Protocol { get; init; }

    /// <summary>The first 16 bits of the transport header where these are a port; null for protocols without ports.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>The second 16 bits of the transport header where these are a port; null for protocols without ports.</summary>
    public ushort? DestinationPort { get; init; }

    /// <summary>The ICMP or ICMPv6 type; null for other protocols.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>The ICMP or ICMPv6 code; null for other protocols.</summary>
    public byte? IcmpCode { get; init; }

    /// <summary>The identifier of an ICMP echo; distinguishes echo connections.</summary>
    public ushort IcmpId { get; init; }

    /// <summary>
    /// The ICMP checksum, which <c>th dport</c> reads on an ICMP packet. Null: not known, and such a match breaks.
    /// </summary>
    public ushort? IcmpChecksum { get; init; }

    /// <summary>For an ICMP error: the packet it complains about, as it was where the error was made. Null for anything else.</summary>
    public Packet? Inner { get; init; }

    /// <summary>The TCP flag byte; null: not known. A null counts as a plain SYN when a connection is opened.</summary>
    public byte? TcpFlags { get; init; }

    /// <summary>The IPv4 TTL or IPv6 hop limit.</summary>
    public byte HopLimit { get; init; } = 64;

    /// <summary>The IPv4 TOS or IPv6 traffic class byte.</summary>
    public byte TrafficClass { get; init; }

    /// <summary>
    /// The 16 bits of the IPv4 flags and fragment offset; for IPv6 the same layout describes the fragment header
    /// (0x2000 more fragments, low 13 bits the offset). Zero: not a fragment. The stack reassembles before every hook
    /// when connection tracking is on, so a fragment here means that something exempted it.
    /// </summary>
    public ushort Fragment { get; init; }

    /// <summary>The packet's mark on entry; zero from the wire, SO_MARK for local processes.</summary>
    public uint Mark { get; init; }

    /// <summary>The packet's skb priority on entry; zero from the wire, SO_PRIORITY for local processes.</summary>
    public uint Priority { get; init; }

    /// <summary>The interface the packet arrived on; null for one that a local process sends.</summary>
    public string? InputInterface { get; init; }

    /// <summary>The frame it is in, for tables of family <c>bridge</c>; null for packets that no bridge sees.</summary>
    public Frame? Frame { get; init; }

    /// <summary>Whether connection tracking must refuse the packet whatever the table says (bad checksum, impossible flags).</summary>
    public bool IsMalformed { get; init; }

    /// <summary>The bytes that counters and byte limits see.</summary>
    public int Length { get; init; } = 64;

    /// <summary>Whether this is a fragment other than the first: it has no transport header.</summary>
    public bool IsLaterFragment => (Fragment & 0x1fff) != 0;

    /// <inheritdoc/>
    public override string ToString() => PacketText.Describe(this);
}
