namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>Matches of every kind the simulator knows, for comparison with nft and the kernel.</summary>
internal static class MatchCatalogue
{
    internal const string Objects = """
          set hosts { type ipv4_addr; elements = { 10.1.0.1, 203.0.113.9 }; }
          set hosts6 { type ipv6_addr; elements = { fd00:1::1 }; }
          set nets { type ipv4_addr; flags interval; elements = { 10.1.0.0/31, 192.0.2.0/24, 203.0.113.8-203.0.113.10 }; }
          set boxes { type ipv4_addr . inet_proto . inet_service; flags interval; elements = { 10.0.0.0/8 . tcp . 80-90, 203.0.113.9 . 17 . 0-100 }; }
          set wild { type ifname; flags interval; elements = { "cali*", "lo" }; }
          set none { type ifname; }
          set ports { type inet_proto . inet_service; elements = { tcp . 80, udp . 53, sctp . 80 }; }
          set merged { type inet_service; flags interval; auto-merge; elements = { 50-60, 53-80, 81, 90-443 }; }
          set short { type ipv4_addr; timeout 1h; elements = { 10.1.0.1 comment "a", 10.1.0.2 timeout 2h }; }
          set families { typeof meta nfproto; elements = { ipv6 }; }
          map ids { type ipv4_addr : classid; elements = { 10.1.0.1 : 0:10, 10.1.0.2 : 0:11 }; }
          map nets_ids { type ipv4_addr : classid; flags interval; elements = { 0.0.0.0-9.255.255.255 : 0:1, 10.0.0.0/8 : 0:2, 203.0.113.0/24 : 0:3 }; }
          map marks { type ipv6_addr : mark; elements = { fd00:1::1 : 0x10, fd00:1::2 : 0x20 }; }
        """;

    internal static IReadOnlyList<string> Matches { get; } =
    [
        "meta nfproto ipv4", "meta nfproto { ipv6 }", "meta nfproto @families", "meta protocol ip6",
        "meta l4proto tcp", "meta l4proto != tcp", "meta l4proto { icmp, ipv6-icmp }", "meta l4proto 47", "meta l4proto 10-20", "meta l4proto > 100",
        "ip protocol udp", "ip6 nexthdr ipv6-icmp", "ip ttl > 10", "ip6 hoplimit 1-64", "ip dscp cs0", "ip dscp != 0", "ip frag-off & 0x1fff != 0", "exthdr frag exists",
        "ip saddr 10.1.0.1", "ip saddr != 10.1.0.1", "ip saddr 10.1.0.0/16", "ip daddr != 10.0.0.0/8", "ip saddr 10.1.0.2-203.0.113.9", "ip daddr { 10.1.0.1, 10.1.0.2 }",
        "ip daddr { 10.1.0.0/24, 192.0.2.1-192.0.2.9 }", "ip daddr != { 10.1.0.0/24, 203.0.113.9 }", "ip saddr & 0.0.0.3 == 0.0.0.1", "ip daddr & 255.255.0.0 == 10.1.0.0",
        "ip saddr @hosts", "ip saddr != @hosts", "ip daddr @nets", "ip daddr != @nets", "ip daddr 0.0.0.0/0", "ip saddr @short",
        "ip6 saddr fd00:1::1", "ip6 saddr fd00::/8", "ip6 daddr != fd00:1::/64", "ip6 daddr { fd00:1::2, 2001:db8::/32 }", "ip6 saddr @hosts6", "ip6 daddr ::/0",
        "tcp dport 80", "tcp dport != 80", "tcp dport { 53, 80, 443-8080 }", "tcp dport 53-79", "tcp dport > 80", "tcp dport <= 80", "tcp sport 1024-65535", "tcp dport @merged",
        "udp dport 53", "udp dport { 80 }", "sctp dport 80", "udplite dport 80", "dccp dport 80", "th dport 80", "th sport != 0", "@th,16,16 53", "meta l4proto udp th dport 53",
        "meta l4proto { tcp, udp } th dport 80", "ip protocol tcp th dport 80", "ip saddr 10.1.0.1 meta l4proto udp th dport 53",
        "tcp flags syn", "tcp flags & (syn|ack) == syn", "tcp flags syn / syn,ack", "tcp flags == syn", "tcp flags != syn", "tcp flags ! ack", "tcp flags { syn, syn|ack }", "tcp flags syn,ack",
        "icmp type echo-request", "icmp type != echo-request", "icmp type { 0, 3, 8 }", "icmp code 0", "icmp type . icmp code { 8 . 0, 3 . 13 }", "icmp type 3 icmp code 1-13",
        "icmpv6 type echo-request", "icmpv6 type { 1, 128 } icmpv6 code no-route", "icmpv6 type . icmpv6 code { echo-request . 0 }", "icmpv6 code != 0",
        "iifname \"cali00000001\"", "iifname \"cali*\"", "iifname != \"cali*\"", "iifname { \"eth0\", \"cali00000002\" }", "iifname @wild", "iifname != @wild", "iifname @none", "iifname \"cali0000000\"",
        "oifname \"eth0\"", "oifname { \"cali*\", \"lo\" }", "iif \"lo\"", "iif 0", "iif != 0", "oif != \"lo\"", "meta iiftype loopback", "meta iiftype ether", "oiftype loopback",
        "ct state new", "ct state established,related", "ct state != new", "ct state ! new", "ct state { new, untracked }", "ct state invalid", "ct state == new", "ct state != new,established",
        "ct direction original", "ct direction reply", "ct status confirmed", "ct status ! confirmed", "ct status dnat", "ct status & (dnat|snat) == dnat", "ct mark 0", "ct mark != 0", "ct mark and 0xff00 == 0",
        "ct l3proto ipv4", "ct protocol tcp", "ct original ip daddr 10.1.0.2", "ct original ip6 saddr fd00:1::1", "ct reply ip daddr 10.1.0.1", "meta l4proto tcp ct original proto-dst 80", "tcp dport 80 ct original proto-dst != 80",
        "meta mark 0", "meta mark != 0", "meta mark { 0, 5-9 }", "meta mark and 0x3 == 0", "meta mark 0-5", "mark or 0x10 == 0x10", "meta mark xor 0x1 == 0x1", "meta priority none", "meta priority 0:5-0:7 ",
        "ip saddr . ip daddr { 10.1.0.1 . 10.1.0.2, 203.0.113.9 . 10.1.0.1 }", "meta l4proto . th dport @ports", "meta l4proto . th dport != @ports", "ip saddr . meta l4proto . th dport @boxes",
        "iifname . ip saddr { \"cali00000001\" . 10.1.0.1, \"eth0\" . 203.0.113.9 }", "iifname . oifname { \"cali00000001\" . \"cali00000002\" }", "iifname . ip6 saddr . ip6 daddr { \"cali00000001\" . fd00:1::1 . fd00:1::2 }",
        "ip6 saddr . ip6 daddr . tcp dport { fd00:1::1 . fd00:1::2 . 80 }", "meta nfproto . meta l4proto { ipv4 . tcp, ipv6 . udp }", "tcp sport . tcp dport { 1024-65535 . 80 }", "tcp dport { 80, * }",
        "meta mark & 0xff . ip saddr { 0 . 10.1.0.1 }", "ip saddr 10.1.0.1 ip daddr 10.1.0.2 tcp dport 80", "ip saddr vmap { 10.1.0.1 : continue }", "tcp dport vmap { 80 : continue, 100-200 : continue }",
        "ip saddr . tcp dport vmap { 10.1.0.1 . 80 : continue, 10.1.0.0/24 . 1-5 : continue }", "iifname vmap { \"cali00000001\" : continue, * : continue }", "meta l4proto vmap { tcp : continue, udp : continue }",
        "meta priority set ip saddr map @ids meta priority 0:10 meta priority set 0", "meta priority set ip daddr map @nets_ids meta priority 0:2 meta priority set none", "meta mark set ip6 saddr map @marks meta mark and 0x10 != 0",
        "meta mark set ip saddr map { 10.1.0.1 : 5, 10.1.0.2 : 6 } meta mark 5", "meta mark set meta mark or 0x100 meta mark & 0x100 == 0x100", "meta mark set ct mark and 0xff or 0x100 meta mark 0x100", "meta mark set 0",
        "ct mark set ct mark and 0x8000ffff or 0x000e0000 ct mark and 0x7fff0000 == 0x000e0000", "ct mark set ct mark xor 0x3 ct mark and 0x3 == 0x3", "ct mark set meta mark", "meta priority . meta l4proto . th dport { 0:0 . tcp . 80 }",
    ];

    /// <summary>A base chain per hook in which every match counts under its own comment, with a prefix; nothing decides.</summary>
    internal static string Counting(params (string Hook, string Prefix)[] hooks) => $$"""
        table inet catalogue {
        {{Objects}}
        {{string.Concat(hooks.Select(Chain))}}
        }
        """;

    private static string Chain((string Hook, string Prefix) at) => $$"""
          chain {{at.Prefix}} {
            type filter hook {{at.Hook}} priority filter; policy accept;
            ip6 daddr ff00::/8 accept
        {{string.Concat(Matches.Select((match, index) => $"    {match} counter comment \"{at.Prefix} {index}\"\n"))}}  }

        """;
}
