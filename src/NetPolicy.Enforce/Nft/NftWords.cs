using System.Globalization;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Nft;

/// <summary>How fields and values are spelt in nft's language.</summary>
internal static class NftWords
{
    public static string Of(RuleField field) => field switch
    {
        RuleField.Identity => "meta priority",
        RuleField.Protocol => "meta l4proto",
        RuleField.Family => "meta nfproto",
        RuleField.InInterface => "iifname",
        RuleField.OutInterface => "oifname",
        RuleField.InInterfaceIndex => "iif",
        RuleField.Source4 => "ip saddr",
        RuleField.Destination4 => "ip daddr",
        RuleField.Source6 => "ip6 saddr",
        RuleField.Destination6 => "ip6 daddr",
        RuleField.SourcePort => "th sport",
        RuleField.DestinationPort => "th dport",
        RuleField.IcmpType => "icmp type",
        RuleField.IcmpCode => "icmp code",
        RuleField.Icmp6Type => "icmpv6 type",
        RuleField.Icmp6Code => "icmpv6 code",
        RuleField.ConnectionState => "ct state",
        RuleField.ConnectionStatus => "ct status",
        RuleField.ConnectionDirection => "ct direction",
        RuleField.ConnectionMark => "ct mark",
        RuleField.PacketMark => "meta mark",
        RuleField.HopLimit => "ip6 hoplimit",
        RuleField.LinkSource => "ether saddr",
        RuleField.LinkDestination => "ether daddr",
        RuleField.LinkProtocol => "ether type",
        RuleField.ArpHead => "@nh,0,64",
        RuleField.ArpSenderLink => "arp saddr ether",
        RuleField.ArpSender4 => "arp saddr ip",
        RuleField.Length6 => "ip6 length",
        RuleField.NeighbourTarget => "@th,64,128",
        RuleField.NeighbourOption => "@th,192,64",
        RuleField.RouterOption => "@th,64,64",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    public static string TypeOf(RuleField field) => field switch
    {
        RuleField.Identity => "classid",
        RuleField.Protocol => "inet_proto",
        RuleField.Family => "nf_proto",
        RuleField.InInterface or RuleField.OutInterface => "ifname",
        RuleField.Source4 or RuleField.Destination4 or RuleField.ArpSender4 => "ipv4_addr",
        RuleField.Source6 or RuleField.Destination6 => "ipv6_addr",
        RuleField.SourcePort or RuleField.DestinationPort => "inet_service",
        RuleField.IcmpType => "icmp_type",
        RuleField.IcmpCode => "icmp_code",
        RuleField.Icmp6Type => "icmpv6_type",
        RuleField.Icmp6Code => "icmpv6_code",
        RuleField.ConnectionMark or RuleField.PacketMark => "mark",
        RuleField.LinkSource or RuleField.LinkDestination or RuleField.ArpSenderLink => "ether_addr",
        RuleField.LinkProtocol => "ether_type",
        RuleField.InInterfaceIndex or RuleField.ConnectionState or RuleField.ConnectionStatus or RuleField.ConnectionDirection or RuleField.HopLimit
            or RuleField.ArpHead or RuleField.Length6 or RuleField.NeighbourTarget or RuleField.NeighbourOption or RuleField.RouterOption =>
            throw new ArgumentException($"{field} cannot be a key", nameof(field)),
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    /// <summary>A value that a field is compared with. nft 1.0.6 has no names for some fields, and wants their values as numbers.</summary>
    public static string Of(RuleField field, RuleValue value) => (field, value) switch
    {
        (RuleField.LinkProtocol, RuleValue.Octets { Value: 0x0800 }) => "ip",
        (RuleField.LinkProtocol, RuleValue.Octets { Value: 0x86dd }) => "ip6",
        (RuleField.LinkProtocol, RuleValue.Octets { Value: 0x0806 }) => "arp",
        (RuleField.Length6, RuleValue.Octets number) => number.Value.ToString(CultureInfo.InvariantCulture),
        (RuleField.NeighbourTarget, RuleValue.Addresses { Range: var range }) => string.Create(CultureInfo.InvariantCulture, $"0x{range.First.Value:x32}"),
        _ => Of(value),
    };

    public static string Of(RuleValue value) => value switch
    {
        RuleValue.LinkAddress link => link.Address.ToString(),
        RuleValue.Octets number => string.Create(CultureInfo.InvariantCulture, $"0x{number.Value:x}"),
        RuleValue.Addresses addresses => addresses.Range.ToString(),
        RuleValue.Ports ports => ports.Range.ToString(),
        RuleValue.Transport transport => Of(transport.Protocol),
        RuleValue.Identity identity => Identity(identity.Number),
        RuleValue.Interface name => Interface(name),
        RuleValue.Bytes bytes => bytes.First == bytes.Last
            ? bytes.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{bytes.First}-{bytes.Last}"),
        RuleValue.Mark mark => Mark(mark.Value),
        RuleValue.Keyword keyword => keyword.Word,
        RuleValue.Joined joined => string.Join(" . ", joined.Parts.AsEnumerable().Select(Of)),
        RuleValue.Anything => "*",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <summary>Values of elements, of which there may be many.</summary>
    public static void Append(StringBuilder text, RuleValue value)
    {
        switch (value)
        {
            case RuleValue.Addresses addresses:
                Append(text, addresses.Range);
                break;
            case RuleValue.Identity identity:
                AppendIdentity(text, identity.Number);
                break;
            case RuleValue.Joined joined:
                for (int i = 0; i < joined.Parts.Count; i++)
                {
                    if (i > 0)
                    {
                        text.Append(" . ");
                    }

                    Append(text, joined.Parts[i]);
                }

                break;
            default:
                text.Append(Of(value));
                break;
        }
    }

    public static void Append(StringBuilder text, IpRange range) => text.Append(range.ToString());

    public static void AppendIdentity(StringBuilder text, uint number)
    {
        if (number == 0)
        {
            text.Append('0');
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{number >> 16:x}:{number & 0xffff:x}");
    }

    public static string Of(IpFamily family) => family switch
    {
        IpFamily.IPv4 => "ipv4",
        IpFamily.IPv6 => "ipv6",
        IpFamily.None => throw new ArgumentOutOfRangeException(nameof(family)),
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };

    public static string Of(RuleFamily family) => family switch
    {
        RuleFamily.Inet => "inet",
        RuleFamily.Bridge => "bridge",
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };

    public static string Of(RuleHookPoint point) => point switch
    {
        RuleHookPoint.Prerouting => "prerouting",
        RuleHookPoint.Input => "input",
        RuleHookPoint.Forward => "forward",
        RuleHookPoint.Output => "output",
        RuleHookPoint.Postrouting => "postrouting",
        _ => throw new ArgumentOutOfRangeException(nameof(point)),
    };

    // Both halves are hexadecimal.
    public static string Identity(uint number) =>
        number == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{number >> 16:x}:{number & 0xffff:x}");

    public static string Mark(uint value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x8}");

    private static string Of(Protocol protocol) => protocol.Number switch
    {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        58 => "ipv6-icmp",
        132 => "sctp",
        _ => protocol.Number.ToString(CultureInfo.InvariantCulture),
    };

    // Names are checked when a ruleset is compiled; this is the last gate.
    private static string Interface(RuleValue.Interface value)
    {
        if (!InterfaceNames.IsSafe(value.Name))
        {
            throw new InvalidOperationException("an interface name that was not checked reached the writer");
        }

        return value.IsPrefix ? $"\"{value.Name}*\"" : $"\"{value.Name}\"";
    }
}
