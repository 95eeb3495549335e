using System.Collections.Frozen;

namespace NetPolicy.Enforce.Simulation;

/// <summary>The table of fields by their spelling.</summary>
internal static class NftFields
{
    internal static readonly NftField L4Protocol = new(NftFieldKind.MetaL4Proto, NftType.Protocol, "meta l4proto");
    internal static readonly NftField NfProtocol = new(NftFieldKind.MetaNfProto, NftType.NfProto, "meta nfproto");
    internal static readonly NftField AnySourcePort = new(NftFieldKind.SourcePort, NftType.Port, "th sport");
    internal static readonly NftField AnyDestinationPort = new(NftFieldKind.DestinationPort, NftType.Port, "th dport");

    private static readonly FrozenDictionary<(string Header, string Name), NftField> Table = Build().ToFrozenDictionary();

    private static readonly FrozenSet<string> Headers = Table.Keys.Select(key => key.Header).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Meta keys that need no <c>meta</c> in front.</summary>
    private static readonly FrozenSet<string> Unqualified =
        new[] { "mark", "iif", "oif", "iifname", "oifname", "iiftype", "oiftype" }.ToFrozenSet(StringComparer.Ordinal);

    internal static bool IsHeader(string word) => Headers.Contains(word);

    internal static bool IsUnqualified(string word) => Unqualified.Contains(word);

    internal static NftField? Find(string header, string name) => Table.GetValueOrDefault((header, name));

    private static Dictionary<(string, string), NftField> Build()
    {
        Dictionary<(string, string), NftField> fields = [];
        foreach ((string name, NftFieldKind kind, NftType type) in (ReadOnlySpan<(string, NftFieldKind, NftType)>)
        [
            ("mark", NftFieldKind.MetaMark, NftType.Mark),
            ("priority", NftFieldKind.MetaPriority, NftType.ClassId),
            ("protocol", NftFieldKind.MetaProtocol, NftType.EtherType),
            ("iifname", NftFieldKind.MetaInputName, NftType.InterfaceName),
            ("oifname", NftFieldKind.MetaOutputName, NftType.InterfaceName),
            ("iif", NftFieldKind.MetaInputIndex, NftType.InterfaceIndex),
            ("oif", NftFieldKind.MetaOutputIndex, NftType.InterfaceIndex),
            ("iiftype", NftFieldKind.MetaInputType, NftType.InterfaceType),
            ("oiftype", NftFieldKind.MetaOutputType, NftType.InterfaceType),
        ])
        {
            fields.Add(("meta", name), new NftField(kind, type, $"meta {name}"));
        }

        foreach ((string header, string name, NftFieldKind kind, NftType type, FrameHeader at, int offset, int length) in (ReadOnlySpan<(string, string, NftFieldKind, NftType, FrameHeader, int, int)>)
        [
            ("ether", "saddr", NftFieldKind.LinkSource, NftType.LinkAddress, FrameHeader.Link, 6, 6),
            ("ether", "daddr", NftFieldKind.LinkDestination, NftType.LinkAddress, FrameHeader.Link, 0, 6),
            ("ether", "type", NftFieldKind.LinkProtocol, NftType.EtherType, FrameHeader.Link, 12, 2),
            ("arp", "saddr ether", NftFieldKind.ArpSenderLink, NftType.LinkAddress, FrameHeader.Network, 8, 6),
            ("arp", "saddr ip", NftFieldKind.ArpSender, NftType.IPv4Address, FrameHeader.Network, 14, 4),
        ])
        {
            fields.Add((header, name), new NftField(kind, type, $"{header} {name}") { Bytes = (at, offset, length) });
        }

        fields.Add(("ip6", "length"), new NftField(NftFieldKind.Raw, NftType.Number16, "ip6 length") { Network = PacketFamily.IPv6, Bytes = (FrameHeader.Network, 4, 2) });
        fields.Add(("meta", "l4proto"), L4Protocol);
        fields.Add(("meta", "nfproto"), NfProtocol);
        AddNetwork(fields);
        AddTransport(fields);
        fields.Add(("ct", "state"), new NftField(NftFieldKind.CtState, NftType.CtState, "ct state"));
        fields.Add(("ct", "status"), new NftField(NftFieldKind.CtStatus, NftType.CtStatus, "ct status"));
        fields.Add(("ct", "direction"), new NftField(NftFieldKind.CtDirection, NftType.CtDirection, "ct direction"));
        fields.Add(("ct", "mark"), new NftField(NftFieldKind.CtMark, NftType.Mark, "ct mark"));
        fields.Add(("ct", "protocol"), new NftField(NftFieldKind.CtProtocol, NftType.Protocol, "ct protocol"));
        fields.Add(("ct", "l3proto"), new NftField(NftFieldKind.CtL3Protocol, NftType.NfProto, "ct l3proto"));
        AddTuple(fields, "ct original", ConntrackDirection.Original);
        AddTuple(fields, "ct reply", ConntrackDirection.Reply);
        return fields;
    }

    private static void AddNetwork(Dictionary<(string, string), NftField> fields)
    {
        foreach ((string name, NftFieldKind kind, NftType type) in (ReadOnlySpan<(string, NftFieldKind, NftType)>)
        [
            ("saddr", NftFieldKind.IpSource, NftType.IPv4Address),
            ("daddr", NftFieldKind.IpDestination, NftType.IPv4Address),
            ("protocol", NftFieldKind.IpProtocol, NftType.Protocol),
            ("ttl", NftFieldKind.IpTtl, NftType.Number8),
            ("dscp", NftFieldKind.IpDscp, NftType.Dscp),
            ("frag-off", NftFieldKind.IpFragment, NftType.Number16),
        ])
        {
            fields.Add(("ip", name), new NftField(kind, type, $"ip {name}") { Network = PacketFamily.IPv4 });
        }

        foreach ((string name, NftFieldKind kind, NftType type) in (ReadOnlySpan<(string, NftFieldKind, NftType)>)
        [
            ("saddr", NftFieldKind.Ip6Source, NftType.IPv6Address),
            ("daddr", NftFieldKind.Ip6Destination, NftType.IPv6Address),
            ("nexthdr", NftFieldKind.Ip6NextHeader, NftType.Protocol),
            ("hoplimit", NftFieldKind.Ip6HopLimit, NftType.Number8),
            ("dscp", NftFieldKind.Ip6Dscp, NftType.Dscp),
        ])
        {
            fields.Add(("ip6", name), new NftField(kind, type, $"ip6 {name}") { Network = PacketFamily.IPv6 });
        }

        fields.Add(
            ("exthdr", "frag"), new NftField(NftFieldKind.Ip6HasFragment, NftType.Boolean, "exthdr frag") { Network = PacketFamily.IPv6 });
    }

    private static void AddTransport(Dictionary<(string, string), NftField> fields)
    {
        fields.Add(("th", "sport"), AnySourcePort);
        fields.Add(("th", "dport"), AnyDestinationPort);
        foreach ((string header, byte protocol) in (ReadOnlySpan<(string, byte)>)[("tcp", 6), ("udp", 17), ("udplite", 136), ("sctp", 132), ("dccp", 33)])
        {
            fields.Add((header, "sport"), AnySourcePort with { Transport = protocol });
            fields.Add((header, "dport"), AnyDestinationPort with { Transport = protocol });
        }

        fields.Add(("tcp", "flags"), new NftField(NftFieldKind.TcpFlags, NftType.TcpFlag, "tcp flags") { Transport = 6 });
        NftField icmp = new(NftFieldKind.IcmpType, NftType.IcmpType, "icmp type")
        {
            Network = PacketFamily.IPv4,
            IsNetworkAssumed = true,
            Transport = 1,
        };
        fields.Add(("icmp", "type"), icmp);
        fields.Add(("icmp", "code"), icmp with { Kind = NftFieldKind.IcmpCode, Type = NftType.IcmpCode, Text = "icmp code" });
        NftField icmp6 = icmp with { Type = NftType.Icmpv6Type, Text = "icmpv6 type", Network = PacketFamily.IPv6, Transport = 58 };
        fields.Add(("icmpv6", "type"), icmp6);
        fields.Add(("icmpv6", "code"), icmp6 with { Kind = NftFieldKind.IcmpCode, Type = NftType.Icmpv6Code, Text = "icmpv6 code" });
        NftField checksum = new(NftFieldKind.DestinationPort, NftType.Number16, "th dport");
        fields.Add(("icmp", "checksum"), checksum with { Network = PacketFamily.IPv4, IsNetworkAssumed = true, Transport = 1 });
        fields.Add(("icmpv6", "checksum"), checksum with { Network = PacketFamily.IPv6, IsNetworkAssumed = true, Transport = 58 });
    }

    private static void AddTuple(Dictionary<(string, string), NftField> fields, string header, ConntrackDirection direction)
    {
        foreach ((string name, NftFieldKind kind, NftType type, PacketFamily? network) in (ReadOnlySpan<(string, NftFieldKind, NftType, PacketFamily?)>)
        [
            ("ip saddr", NftFieldKind.CtIpSource, NftType.IPv4Address, PacketFamily.IPv4),
            ("ip daddr", NftFieldKind.CtIpDestination, NftType.IPv4Address, PacketFamily.IPv4),
            ("ip6 saddr", NftFieldKind.CtIp6Source, NftType.IPv6Address, PacketFamily.IPv6),
            ("ip6 daddr", NftFieldKind.CtIp6Destination, NftType.IPv6Address, PacketFamily.IPv6),
            ("proto-src", NftFieldKind.CtSourcePort, NftType.Port, null),
            ("proto-dst", NftFieldKind.CtDestinationPort, NftType.Port, null),
            ("protocol", NftFieldKind.CtProtocol, NftType.Protocol, null),
            ("l3proto", NftFieldKind.CtL3Protocol, NftType.NfProto, null),
        ])
        {
            fields.Add((header, name), new NftField(kind, type, $"{header} {name}") { Network = network, TupleDirection = direction });
        }
    }
}
