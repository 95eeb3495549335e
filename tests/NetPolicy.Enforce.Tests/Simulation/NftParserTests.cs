using NetPolicy.Enforce.Simulation;
using Xunit;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>What the parser reads, what it refuses, and where it says so.</summary>
public sealed class NftParserTests
{
    [Theory]
    [InlineData("ct mark set ct mark and 0x8000ffff or 0x000e0000", "ct mark set ct mark & 0x800effff | 0x000e0000")]
    [InlineData("meta l4proto icmp accept", "meta l4proto 1 accept")]
    [InlineData("icmpv6 type { 128, nd-neighbor-solicit } accept", "icmpv6 type { nd-neighbor-solicit, echo-request } accept")]
    [InlineData("icmp type 8 icmp code 0", "icmp type echo-request icmp code net-unreachable")]
    [InlineData("meta priority set 0:10 ", "meta priority set 16")]
    [InlineData("meta priority set 0", "meta priority set none")]
    [InlineData("ip saddr & 255.255.255.0 == 10.0.0.0", "ip saddr 10.0.0.0/24")]
    [InlineData("ip saddr 10.0.0.9/8", "ip saddr 10.0.0.0-10.255.255.255")]
    [InlineData("tcp dport { 80 }", "tcp dport 80")]
    [InlineData("tcp dport { 1-5, 6-9, 3 }", "tcp dport { 1-9 }")]
    [InlineData("tcp dport < 10", "tcp dport 0-9")]
    [InlineData("tcp dport >= 10", "tcp dport 10-65535")]
    [InlineData("tcp dport 80 - 90", "tcp dport 80-90")]
    [InlineData("meta l4proto tcp th dport 80", "tcp dport 80")]
    [InlineData("meta l4proto tcp ip saddr 1.2.3.4 tcp dport 80", "ip saddr 1.2.3.4 tcp dport 80")]
    [InlineData("meta nfproto ipv4 ip saddr 1.1.1.1", "ip saddr 1.1.1.1")]
    [InlineData("ct state new,established", "ct state established | new")]
    [InlineData("tcp flags & (syn|ack) == syn", "tcp flags syn / syn,ack")]
    [InlineData("tcp flags & syn != 0", "tcp flags syn")]
    [InlineData("iif 1 accept", "iif \"lo\" accept")]
    [InlineData("iifname eth0", "meta iifname \"eth0\"")]
    [InlineData("meta mark set mark or 1", "meta mark set meta mark | 0x00000001")]
    [InlineData("log prefix \"x\" group 5 snaplen 64", "log group 5 snaplen 64 prefix \"x\"")]
    [InlineData("log prefix \"x\" level warn", "log prefix \"x\"")]
    [InlineData("limit rate 10/second", "limit rate 10/second burst 5 packets")]
    [InlineData("counter accept", "counter packets 5 bytes 9 accept")]
    [InlineData("reject with icmpx type port-unreachable", "reject")]
    [InlineData("@th,16,16 80", "th dport 0x50")]
    [InlineData("meta priority vmap { 0:1 : accept,0:2: drop }", "meta priority vmap { 0:2 : drop, 0:1 : accept }")]
    public void Spellings_of_one_rule_are_one_model(string one, string other) =>
        Assert.Equal(Canonical(one), Canonical(other));

    [Theory]
    [InlineData("accept", "drop")]
    [InlineData("tcp dport 80", "tcp dport 81")]
    [InlineData("tcp dport 80", "tcp sport 80")]
    [InlineData("tcp dport 80", "udp dport 80")]
    [InlineData("tcp dport 80", "tcp dport != 80")]
    [InlineData("ct state new", "ct state == new")]
    [InlineData("ct direction original", "ct direction reply")]
    [InlineData("ct mark and 1 == 1", "meta mark and 1 == 1")]
    [InlineData("iifname \"a\"", "iifname \"a*\"")]
    [InlineData("iifname \"a\"", "iif \"a\"")]
    [InlineData("tcp dport 80 counter ip saddr 1.1.1.1", "tcp dport 80 ip saddr 1.1.1.1 counter")]
    [InlineData("meta mark set 1 meta mark set 2", "meta mark set 2 meta mark set 1")]
    [InlineData("counter comment \"a\"", "counter comment \"b\"")]
    [InlineData("icmp type 8", "icmpv6 type 8")]
    [InlineData("meta priority set 0:10 ", "meta priority set 10")]
    [InlineData("log prefix \"a\"", "log prefix \"b\"")]
    public void Different_rules_are_different_models(string one, string other) =>
        Assert.NotEqual(Canonical(one), Canonical(other));

    [Theory]
    [InlineData("flow add @f", "flow")]
    [InlineData("tcp dport 80 queue num 3", "queue")]
    [InlineData("meta skuid 0 accept", "skuid")]
    [InlineData("ip length 5", "length")]
    [InlineData("ct zone 5", "zone")]
    [InlineData("ct state new frobnicate", "frobnicate")]
    [InlineData("update @s { ip saddr }", "update")]
    [InlineData("add @s { ip saddr }", "add")]
    [InlineData("dnat to numgen random mod 2 map { 0 : 1.1.1.1 }", "numgen")]
    [InlineData("meta mark set jhash ip saddr mod 2", "jhash")]
    [InlineData("rt classid 1", "rt")]
    [InlineData("ct label 5", "label")]
    [InlineData("@th,0,32 0x30050", "@th,0,32")]
    [InlineData("iif 5 accept", "`5`")]
    [InlineData("tcp dport ssh", "`ssh`")]
    [InlineData("meta l4proto tcp ct original proto-dst 0x50 [invalid", "[invalid")]
    public void What_is_not_known_is_refused_by_name(string rule, string word)
    {
        NftSyntaxException error = Refused(SimulatedRuleset.Forward(rule));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Equal(5, error.Line);
    }

    [Theory]
    [InlineData("goto missing", "`missing`")]
    [InlineData("ip saddr @missing drop", "`missing`")]
    [InlineData("jump entry", "hangs on a hook")]
    [InlineData("counter name missing", "`missing`")]
    [InlineData("accept counter", "ends the rule")]
    [InlineData("jump c counter", "ends the rule")]
    [InlineData("counter comment \"x\" accept", "after the comment")]
    [InlineData("ip saddr 1.1.1.1 ip6 daddr ::1", "IPv6")]
    [InlineData("udp dport 1 tcp dport 2", "protocol 6")]
    [InlineData("meta l4proto tcp udp dport 5", "protocol 17")]
    [InlineData("ip saddr . tcp dport 80", "concatenation")]
    [InlineData("ct original proto-dst 80", "protocol")]
    [InlineData("tcp dport 70000", "inet_service")]
    [InlineData("tcp dport 90-80", "exchanged")]
    [InlineData("meta l4proto 256", "inet_proto")]
    [InlineData("meta mark 0x100000000", "mark")]
    [InlineData("meta mark 08", "mark")]
    [InlineData("meta mark ! 5", "single flags")]
    [InlineData("ip saddr 1.2.3", "ipv4_addr")]
    [InlineData("ip saddr 1.2.3.256", "ipv4_addr")]
    [InlineData("ip saddr 1.2.3.4/33", "ipv4_addr")]
    [InlineData("ip6 saddr 1::2::3", "ipv6_addr")]
    [InlineData("iifname \"abcdefghijklmnop\"", "ifname")]
    [InlineData("iifname \"*\"", "ifname")]
    [InlineData("iifname \"\"", "ifname")]
    [InlineData("meta mark set meta priority", "classid")]
    [InlineData("ip saddr @names", "key type")]
    [InlineData("ip saddr vmap @addresses", "mapping to")]
    [InlineData("ip saddr . tcp dport @addresses", "key type")]
    [InlineData("meta priority set 0:1;", "class id")]
    [InlineData("meta mark vmap { 1 : accept, 1 : drop }", "second element")]
    [InlineData("ip saddr vmap { 10.0.0.0/8 : accept, 10.1.0.0/16 : drop }", "overlaps")]
    [InlineData("tcp dport { }", "empty")]
    [InlineData("tcp dport vmap { 1 : accept, * : drop, * : accept }", "second `*`")]
    [InlineData("ct original ip daddr . ct reply ip daddr { 1.2.3.4 }", "`.`")]
    public void What_nft_or_the_kernel_refuses_is_refused(string rule, string reason)
    {
        const string Objects = "chain c { accept; }\nset names { type ifname; }\nset addresses { type ipv4_addr; }\n";
        Assert.Contains(reason, Refused(SimulatedRuleset.Forward(rule, Objects)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set s { type ipv4_addr; elements = { 1.1.1.0/24 }; }", "flags interval")]
    [InlineData("set s { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 10.0.0.1 }; }", "overlaps")]
    [InlineData("set s { type ifname; flags interval; elements = { \"cali*\", \"calixx\" }; }", "overlaps")]
    [InlineData("set s { type ipv4_addr; elements = { 1.1.1.1 timeout 5s }; }", "flags timeout")]
    [InlineData("map s { type ipv4_addr : mark; elements = { 1.1.1.1 }; }", "`:`")]
    [InlineData("set s { elements = { 1.1.1.1 }; }", "type")]
    [InlineData("set s { type frob; }", "`frob`")]
    [InlineData("set s { type ipv4_addr; flags sorted; }", "`sorted`")]
    [InlineData("set s { flags interval; }", "without a type")]
    [InlineData("chain fwd { accept; }", "`fwd`")]
    [InlineData("chain 1c { accept; }", "`1c`")]
    [InlineData("set position { type mark; }", "`position`")]
    [InlineData("counter drop { }", "`drop`")]
    [InlineData("chain c { policy drop; }", "policy")]
    [InlineData("chain c { type filter hook ingress priority 0; }", "`ingress`")]
    [InlineData("chain c { type filter hook input priority late; }", "`late`")]
    [InlineData("chain c { type nat hook output priority dstnat; }", "`dstnat`")]
    [InlineData("chain c { accept }", "newline")]
    [InlineData("chain c { accept; } chain d { accept; }", "newline")]
    [InlineData("flowtable f { }", "`flowtable`")]
    [InlineData("flags frozen", "`frozen`")]
    public void Objects_that_nft_refuses_are_refused(string item, string reason) =>
        Assert.Contains(reason, Refused($"table inet t {{\n{item}\n}}").Message, StringComparison.Ordinal);

    [Fact]
    public void Errors_name_line_and_column()
    {
        NftSyntaxException error = Refused("table inet t {\n  chain c {\n    tcp dport 80 acept\n  }\n}");
        Assert.Equal((3, 18), (error.Line, error.Column));
        Assert.StartsWith("3:18: found `acept`, expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_build_the_same_model_as_a_block()
    {
        const string Commands = """
            flush ruleset
            add table inet t
            add chain inet t gone
            add map inet t m { type ipv4_addr : verdict; flags interval; elements = { 9.9.9.9 : accept } }
            add chain inet t c { type filter hook forward priority 0; policy drop; }
            add rule inet t c ip saddr vmap @m
            insert rule inet t c counter comment "first"
            add element inet t m { 10.0.0.0/8 : drop, 11.0.0.1 : accept }
            delete element inet t m { 9.9.9.9 }
            delete chain inet t gone
            """;
        const string Block = """
            table inet t {
              map m { type ipv4_addr : verdict; flags interval
                elements = { 11.0.0.1 : accept,
                             10.0.0.0-10.255.255.255 : drop } }
              chain c {
                type filter hook forward priority filter; policy drop;
                counter packets 0 bytes 0 comment "first"
                ip saddr vmap @m
              }
            }
            """;
        Assert.Equal(NftRuleset.Parse(Block), NftRuleset.Parse(Commands));
    }

    [Fact]
    public void A_replaced_table_keeps_nothing_of_the_old_one()
    {
        const string Table = "table inet t { chain c { drop; }\n}";
        Assert.Equal(NftRuleset.Parse(Table), NftRuleset.Parse($"{Table}\nadd table inet t\ndelete table inet t\n{Table}"));
    }

    [Fact]
    public void Flushed_chains_and_sets_are_empty()
    {
        const string Table = "table inet t { chain c { drop; }\nset s { type mark; elements = { 1 }; }\n}\n";
        Assert.Equal(
            NftRuleset.Parse("table inet t { chain c { accept; }\nset s { type mark; elements = { 2 }; }\n}"),
            NftRuleset.Parse(Table + "flush chain inet t c; flush set inet t s\nadd rule inet t c accept\nadd element inet t s { 2 }"));
    }

    [Fact]
    public void Comments_and_strings_are_kept_apart()
    {
        NftRuleset ruleset = NftRuleset.Parse("table inet t { # a { comment\n chain c { counter comment \"a # b; c { d\" # end\n }\n}");
        Assert.Equal("a # b; c { d", ruleset.FindChain("t", "c")!.Rules[0].Comment);
        Assert.Equal("counter comment \"a # b; c { d\"", ruleset.FindChain("t", "c")!.Rules[0].Text);
    }

    [Fact]
    public void Rules_know_their_place()
    {
        NftRule rule = NftRuleset.Parse("table inet t {\n chain c {\n accept\n\n  tcp  dport {  80,\n 443 }   drop\n }\n}").FindChain("t", "c")!.Rules[1];
        Assert.Equal((1, 5, "tcp dport { 80, 443 } drop"), (rule.Index, rule.Line, rule.Text));
    }

    [Fact]
    public void Elements_stand_on_any_number_of_lines_with_their_extras()
    {
        NftSet set = NftRuleset.Parse("""
            table inet t {
              set s {
                type ipv4_addr
                flags timeout
                elements = { 1.2.3.4 timeout 10s expires 9s996ms comment "hi",
                             1.2.3.5 timeout 1h2m expires 1h1m59s996ms,
                             1.2.3.6 counter packets 1 bytes 2 }
              }
            }
            """).FindSet("t", "s")!;
        Assert.Equal(3, set.Count);
    }

    [Fact]
    public void Merged_and_adjacent_elements_mean_the_same() => Assert.Equal(
        NftRuleset.Parse("table inet t { set s { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/7 }; }\n}"),
        NftRuleset.Parse("table inet t { set s { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/8, 10.0.0.1, 11.0.0.0/8 }; }\n}"));

    [Fact]
    public void A_chain_may_be_declared_before_what_it_jumps_to() =>
        Assert.NotNull(NftRuleset.Parse("table inet t { chain a { goto b; }\nchain b { tcp dport @s accept; }\nset s { type inet_service; }\n}"));

    [Theory]
    [InlineData("counter comment \"$\"")]
    [InlineData("log prefix \"$\"")]
    [InlineData("meta mark { 1 comment \"$\", 2 }")]
    public void Comments_and_prefixes_are_as_long_as_the_kernel_takes(string rule)
    {
        Assert.NotNull(NftRuleset.Parse(SimulatedRuleset.Forward(rule.Replace("$", new string('x', 127), StringComparison.Ordinal))));
        Assert.Contains("127", Refused(SimulatedRuleset.Forward(rule.Replace("$", new string('x', 128), StringComparison.Ordinal))).Message, StringComparison.Ordinal);
    }

    private static string Canonical(string rule) => NftRuleset.Parse($"table inet t {{\nchain c {{\n{rule}\n}}\n}}").ToCanonicalText();

    private static NftSyntaxException Refused(string text) => Assert.Throws<NftSyntaxException>(() => NftRuleset.Parse(text));
}
