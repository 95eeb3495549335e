using System.Globalization;

namespace NetPolicy.Ports;

/// <summary>An IP protocol number.</summary>
/// <remarks><c>default</c> (0) means no protocol; nothing matches it.</remarks>
public readonly record struct Protocol(byte Number) : IComparable<Protocol>
{
    /// <summary>ICMP for IPv4, 1.</summary>
    public static readonly Protocol Icmp = new(1);

    /// <summary>TCP, 6.</summary>
    public static readonly Protocol Tcp = new(6);

    /// <summary>UDP, 17.</summary>
    public static readonly Protocol Udp = new(17);

    /// <summary>ICMP for IPv6, 58.</summary>
    public static readonly Protocol IcmpV6 = new(58);

    /// <summary>SCTP, 132.</summary>
    public static readonly Protocol Sctp = new(132);

    /// <summary>UDP-Lite, 136. Policies cannot name its ports.</summary>
    public static readonly Protocol UdpLite = new(136);

    /// <summary>True for TCP, UDP and SCTP, the protocols whose ports policies can name.</summary>
    public bool HasPorts => Number is 6 or 17 or 132;

    /// <summary>True for ICMP and ICMPv6.</summary>
    public bool IsIcmp => Number is 1 or 58;

    /// <summary>Reads an exact protocol name (<c>TCP</c>, <c>ICMPv6</c>, …; Calico specification §1.5) or a number from 1 to 255.</summary>
    public static bool TryParse(string? text, out Protocol protocol)
    {
        protocol = text switch
        {
            "TCP" => Tcp,
            "UDP" => Udp,
            "SCTP" => Sctp,
            "ICMP" => Icmp,
            "ICMPv6" => IcmpV6,
            "UDPLite" => UdpLite,
            _ => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? new Protocol(number) : default,
        };
        return protocol.Number != 0;
    }

    /// <inheritdoc/>
    public int CompareTo(Protocol other) => Number.CompareTo(other.Number);

    /// <summary>The protocol's name in the specifications' spelling, or its number.</summary>
    public override string ToString() => Number switch
    {
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPv6",
        132 => "SCTP",
        136 => "UDPLite",
        _ => Number.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Ordered by number.</summary>
    public static bool operator <(Protocol left, Protocol right) => left.Number < right.Number;

    /// <summary>Ordered by number.</summary>
    public static bool operator >(Protocol left, Protocol right) => left.Number > right.Number;

    /// <summary>Ordered by number.</summary>
    public static bool operator <=(Protocol left, Protocol right) => left.Number <= right.Number;

    /// <summary>Ordered by number.</summary>
    public static bool operator >=(Protocol left, Protocol right) => left.Number >= right.Number;
}
