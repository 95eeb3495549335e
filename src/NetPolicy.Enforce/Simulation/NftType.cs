using System.Collections.Frozen;
using System.Globalization;
using NetPolicy.Enforce.Bridges;

namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// A datatype of the rule language: width, symbolic values and how a value is written. Compared by reference.
/// </summary>
internal sealed class NftType
{
    internal static readonly NftType IPv4Address = new("ipv4_addr", 32);
    internal static readonly NftType IPv6Address = new("ipv6_addr", 128);
    internal static readonly NftType InterfaceName = new("ifname", 128);
    internal static readonly NftType InterfaceIndex = new("iface_index", 128);
    internal static readonly NftType Port = new("inet_service", 16);
    internal static readonly NftType Mark = new("mark", 32);
    internal static readonly NftType ClassId = new("classid", 32, ("none", 0), ("root", 0xffffffff));
    internal static readonly NftType Number8 = new("integer8", 8);
    internal static readonly NftType Number16 = new("integer16", 16);
    internal static readonly NftType Verdict = new("verdict", 0);
    internal static readonly NftType LinkAddress = new("ether_addr", 48);

    private static readonly NftType[] Integers = [.. Enumerable.Range(1, 16).Select(bytes => new NftType($"integer{bytes * 8}", bytes * 8) { IsWide = true })];

    internal static readonly NftType Protocol = new(
        "inet_proto",
        8,
        ("ip", 0), ("icmp", 1), ("igmp", 2), ("ggp", 3), ("ipencap", 4), ("st", 5), ("tcp", 6), ("egp", 8), ("igp", 9), ("pup", 12),
        ("udp", 17), ("hmp", 20), ("xns-idp", 22), ("rdp", 27), ("iso-tp4", 29), ("dccp", 33), ("xtp", 36), ("ddp", 37),
        ("idpr-cmtp", 38), ("ipv6", 41), ("ipv6-route", 43), ("ipv6-frag", 44), ("idrp", 45), ("rsvp", 46), ("gre", 47),
        ("esp", 50), ("ah", 51), ("skip", 57), ("ipv6-icmp", 58), ("icmpv6", 58), ("ipv6-nonxt", 59), ("ipv6-opts", 60),
        ("rspf", 73), ("vmtp", 81), ("eigrp", 88), ("ospf", 89), ("ax.25", 93), ("ipip", 94), ("etherip", 97), ("encap", 98),
        ("pim", 103), ("ipcomp", 108), ("vrrp", 112), ("l2tp", 115), ("isis", 124), ("sctp", 132), ("fc", 133),
        ("mobility-header", 135), ("udplite", 136), ("mpls-in-ip", 137), ("manet", 138), ("hip", 139), ("shim6", 140),
        ("wesp", 141), ("rohc", 142), ("ethernet", 143));

    internal static readonly NftType NfProto = new("nf_proto", 8, ("ipv4", 2), ("ipv6", 10));
    internal static readonly NftType EtherType = new("ether_type", 16, ("ip", 0x0800), ("ip6", 0x86dd), ("arp", 0x0806));
    internal static readonly NftType InterfaceType = new("iface_type", 16, ("ether", 1), ("ppp", 512), ("ipip", 768), ("loopback", 772));

    internal static readonly NftType IcmpType = new(
        "icmp_type",
        8,
        ("echo-reply", 0), ("destination-unreachable", 3), ("source-quench", 4), ("redirect", 5), ("echo-request", 8),
        ("router-advertisement", 9), ("router-solicitation", 10), ("time-exceeded", 11), ("parameter-problem", 12),
        ("timestamp-request", 13), ("timestamp-reply", 14), ("info-request", 15), ("info-reply", 16),
        ("address-mask-request", 17), ("address-mask-reply", 18));

    internal static readonly NftType IcmpCode = new(
        "icmp_code",
        8,
        ("net-unreachable", 0), ("host-unreachable", 1), ("prot-unreachable", 2), ("port-unreachable", 3), ("frag-needed", 4),
        ("net-prohibited", 9), ("host-prohibited", 10), ("admin-prohibited", 13));

    internal static readonly NftType Icmpv6Type = new(
        "icmpv6_type",
        8,
        ("destination-unreachable", 1), ("packet-too-big", 2), ("time-exceeded", 3), ("parameter-problem", 4), ("echo-request", 128),
        ("echo-reply", 129), ("mld-listener-query", 130), ("mld-listener-report", 131), ("mld-listener-done", 132),
        ("mld-listener-reduction", 132), ("nd-router-solicit", 133), ("nd-router-advert", 134), ("nd-neighbor-solicit", 135),
        ("nd-neighbor-advert", 136), ("nd-redirect", 137), ("router-renumbering", 138), ("ind-neighbor-solicit", 141),
        ("ind-neighbor-advert", 142), ("mld2-listener-report", 143));

    internal static readonly NftType Icmpv6Code = new(
        "icmpv6_code",
        8,
        ("no-route", 0), ("admin-prohibited", 1), ("addr-unreachable", 3), ("port-unreachable", 4), ("policy-fail", 5), ("reject-route", 6));

    internal static readonly NftType CtState = new(
        "ct_state", 32, ("invalid", 1), ("established", 2), ("related", 4), ("new", 8), ("untracked", 64)) { IsFlags = true };

    internal static readonly NftType CtDirection = new("ct_dir", 8, ("original", 0), ("reply", 1));

    internal static readonly NftType CtStatus = new(
        "ct_status",
        32,
        ("expected", 1), ("seen-reply", 2), ("assured", 4), ("confirmed", 8), ("snat", 16), ("dnat", 32), ("dying", 512)) { IsFlags = true };

    internal static readonly NftType TcpFlag = new(
        "tcp_flag",
        8,
        ("fin", 1), ("syn", 2), ("rst", 4), ("psh", 8), ("ack", 16), ("urg", 32), ("ecn", 64), ("cwr", 128)) { IsFlags = true };

    internal static readonly NftType Dscp = new(
        "dscp",
        6,
        ("cs0", 0), ("cs1", 8), ("cs2", 16), ("cs3", 24), ("cs4", 32), ("cs5", 40), ("cs6", 48), ("cs7", 56), ("df", 0), ("be", 0),
        ("lephb", 1), ("af11", 10), ("af12", 12), ("af13", 14), ("af21", 18), ("af22", 20), ("af23", 22), ("af31", 26), ("af32", 28),
        ("af33", 30), ("af41", 34), ("af42", 36), ("af43", 38), ("va", 44), ("ef", 46));

    internal static readonly NftType Boolean = new("boolean", 8, ("missing", 0), ("exists", 1));

    internal static readonly NftType FibAddressType = new(
        "fib_addrtype",
        32,
        ("unspec", 0), ("unicast", 1), ("local", 2), ("broadcast", 3), ("anycast", 4), ("multicast", 5), ("blackhole", 6),
        ("unreachable", 7), ("prohibit", 8));

    private static readonly FrozenDictionary<string, NftType> ByName = new[]
    {
        IPv4Address, IPv6Address, InterfaceName, InterfaceIndex, InterfaceType, Port, Mark, ClassId, Protocol, NfProto, EtherType,
        IcmpType, IcmpCode, Icmpv6Type, Icmpv6Code, CtState, CtDirection, CtStatus, TcpFlag, Dscp, Boolean, FibAddressType, Verdict, LinkAddress,
    }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    private readonly FrozenDictionary<string, uint> symbols;
    private readonly FrozenDictionary<string, uint>.AlternateLookup<ReadOnlySpan<char>> symbolLookup;

    private NftType(string name, int bits, params (string Name, uint Value)[] symbols)
    {
        Name = name;
        Bits = bits;
        this.symbols = symbols.ToFrozenDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        symbolLookup = this.symbols.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal string Name { get; }

    internal int Bits { get; }

    /// <summary>A bare value means "any of these bits", a comma joins bits.</summary>
    internal bool IsFlags { get; private init; }

    /// <summary>Bytes of a header that have no name, up to sixteen.</summary>
    internal bool IsWide { get; private init; }

    internal UInt128 Max => Bits == 128 ? UInt128.MaxValue : (UInt128.One << Bits) - 1;

    internal bool IsAddress => this == IPv4Address || this == IPv6Address;

    internal bool IsInterface => this == InterfaceName || this == InterfaceIndex;

    /// <summary>The type of 1 to 16 bytes of a header.</summary>
    internal static NftType IntegerOf(int bytes) => Integers[bytes - 1];

    internal static bool TryByName(string name, out NftType? type) => ByName.TryGetValue(name, out type);

    /// <summary>Reads one value: a symbol, an address, an interface, <c>major:minor</c> or a number in nft's notations.</summary>
    internal bool TryParse(ReadOnlySpan<char> text, out UInt128 value)
    {
        if (this == IPv4Address)
        {
            return PacketAddress.TryParseIPv4(text, out value);
        }

        if (this == IPv6Address)
        {
            return PacketAddress.TryParseIPv6(text, out value);
        }

        if (this == LinkAddress)
        {
            bool isAddress = MacAddress.TryParse(text, out MacAddress address);
            value = address.Value;
            return isAddress;
        }

        if (IsWide && text.StartsWith("0x", StringComparison.Ordinal))
        {
            return UInt128.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value <= Max;
        }

        if (this == InterfaceName)
        {
            value = default;
            return !text.Contains('*') && InterfaceKey.TryOf(text, out value);
        }

        if (this == InterfaceIndex)
        {
            return TryParseIndex(text, out value);
        }

        if (symbolLookup.TryGetValue(text, out uint symbol))
        {
            value = symbol;
            return true;
        }

        if (this == ClassId && text.IndexOf(':') is >= 0 and int colon)
        {
            return TryParseClassId(text, colon, out value);
        }

        bool parsed = NftNumber.TryParse(text, out ulong number) && number <= (ulong)Max;
        value = number;
        return parsed;
    }

    /// <summary>The value as canonical text: addresses and names readable, marks and flags in hexadecimal.</summary>
    internal string Format(UInt128 value)
    {
        if (this == IPv4Address)
        {
            return PacketAddress.Format(PacketFamily.IPv4, value);
        }

        if (this == IPv6Address)
        {
            return PacketAddress.Format(PacketFamily.IPv6, value);
        }

        if (IsInterface)
        {
            return FormatInterface(value);
        }

        return this == ClassId ? string.Create(CultureInfo.InvariantCulture, $"{(uint)value >> 16:x}:{(ushort)value:x}")
            : IsWide || this == LinkAddress ? string.Create(CultureInfo.InvariantCulture, $"0x{value:x}")
            : this == Mark || IsFlags ? string.Create(CultureInfo.InvariantCulture, $"0x{(uint)value:x8}")
            : ((ulong)value).ToString(CultureInfo.InvariantCulture);
    }

    private static string FormatInterface(UInt128 value)
    {
        string name = InterfaceKey.Text(value);
        return InterfaceKey.TryOf(name, out UInt128 key) && key == value
            ? $"\"{name}\""
            : string.Create(CultureInfo.InvariantCulture, $"0x{value:x32}");
    }

    /// <summary>Index 1 is the loopback in every namespace and 0 means none; other indices name nothing here.</summary>
    private static bool TryParseIndex(ReadOnlySpan<char> text, out UInt128 value)
    {
        if (text is "0" or "1")
        {
            value = text is "0" ? UInt128.Zero : InterfaceKey.Of("lo");
            return true;
        }

        value = default;
        return !NftNumber.TryParse(text, out _) && !text.Contains('*') && InterfaceKey.TryOf(text, out value);
    }

    private static bool TryParseClassId(ReadOnlySpan<char> text, int colon, out UInt128 value)
    {
        value = default;
        ReadOnlySpan<char> major = text[..colon];
        ReadOnlySpan<char> minor = text[(colon + 1)..];
        if (!TryParseHalf(major, out uint high) || !TryParseHalf(minor, out uint low))
        {
            return false;
        }

        value = (high << 16) | low;
        return true;
    }

    private static bool TryParseHalf(ReadOnlySpan<char> text, out uint value)
    {
        value = 0;
        return text.Length is >= 1 and <= 4
            && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
