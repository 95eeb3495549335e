using NetPolicy.Enforce.Simulation;
using Xunit;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>One test per rule of the kernel's evaluation loop.</summary>
public sealed class NftMachineTests
{
    private static readonly Packet Web = Packets.Tcp("10.0.0.1", "10.0.0.2", 80);
    private static readonly Packet Web6 = Packets.Tcp("fd00::1", "fd00::2", 80);

    [Fact]
    public void A_rule_stops_at_the_first_expression_that_does_not_match()
    {
        PacketState state = Web.Forwarded();
        Run("tcp dport 81 meta mark set 5 drop", state);
        Assert.Equal(0u, state.Mark);
    }

    [Fact]
    public void Statements_before_a_failing_match_keep_their_effect()
    {
        NftMachine machine = Machine("counter meta mark set 5 tcp dport 81 meta mark set 6 drop");
        PacketState state = Web.Forwarded();
        HookOutcome outcome = machine.Run(Hook.Forward, state);
        Assert.Equal(NftVerdict.Accept, outcome.Verdict);
        Assert.Equal(5u, state.Mark);
        Assert.Equal(1, machine.CounterOf(machine.Ruleset.FindChain("t", "entry")!.Rules[0]).Packets);
    }

    [Fact]
    public void The_policy_applies_at_the_end_of_the_base_chain()
    {
        Assert.Equal(NftVerdict.Accept, Verdict("tcp dport 81 drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("tcp dport 81 accept", Web, policy: "drop"));
    }

    [Fact]
    public void A_set_miss_goes_to_the_next_rule() =>
        Assert.Equal(NftVerdict.Drop, Verdict("tcp dport { 81, 82 } accept\ndrop", Web));

    [Fact]
    public void A_verdict_map_miss_goes_to_the_next_rule() =>
        Assert.Equal(NftVerdict.Drop, Verdict("tcp dport vmap { 81 : accept }\ndrop", Web));

    [Fact]
    public void A_map_miss_leaves_the_register_as_it_was()
    {
        PacketState state = Web.Forwarded();
        Run("meta priority set 0:7 \nmeta priority set ip saddr map { 10.9.9.9 : 0:9 }", state);
        Assert.Equal(7u, state.Priority);
    }

    [Fact]
    public void A_map_hit_writes_the_register()
    {
        PacketState state = Web.Forwarded();
        Run("meta priority set ip saddr map @id4", state, "map id4 { type ipv4_addr : classid; elements = { 10.0.0.1 : 12:abcd }; }");
        Assert.Equal(0x0012abcdu, state.Priority);
    }

    [Fact]
    public void Jump_returns_to_the_rule_after_it() =>
        Assert.Equal(NftVerdict.Drop, Verdict("jump sub\ndrop", Web, "chain sub { tcp dport 81 accept; }"));

    [Fact]
    public void Return_leaves_the_chain_for_the_rule_after_the_jump()
    {
        PacketState state = Web.Forwarded();
        Run("jump sub\nmeta mark set meta mark or 2", state, "chain sub { return; }");
        Assert.Equal(2u, state.Mark);
        Run("jump sub\nmeta mark set meta mark or 4", state, "chain sub { tcp dport 80 return; drop; }");
        Assert.Equal(6u, state.Mark);
    }

    [Fact]
    public void Goto_does_not_come_back_to_the_chain_that_went()
    {
        PacketState state = Web.Forwarded();
        HookOutcome outcome = Run("jump outer\nmeta mark set meta mark or 4", state, "chain inner { meta mark set meta mark or 1; }\nchain outer { goto inner; drop; }");
        Assert.Equal(5u, state.Mark);
        Assert.Equal(NftVerdict.Accept, outcome.Verdict);
    }

    [Fact]
    public void Return_from_a_chain_reached_by_goto_returns_to_the_caller_of_the_jump()
    {
        PacketState state = Web.Forwarded();
        Run("jump outer\nmeta mark set 9", state, "chain inner { return; drop; }\nchain outer { goto inner; drop; }");
        Assert.Equal(9u, state.Mark);
    }

    [Fact]
    public void Goto_from_a_base_chain_ends_at_the_policy() =>
        Assert.Equal(NftVerdict.Drop, Verdict("goto sub\naccept", Web, "chain sub { tcp dport 81 accept; }", "drop"));

    [Fact]
    public void Return_in_a_base_chain_is_its_policy() => Assert.Equal(NftVerdict.Drop, Verdict("return\naccept", Web, policy: "drop"));

    [Fact]
    public void Continue_from_a_verdict_map_goes_on_with_the_same_rule() =>
        Assert.Equal(NftVerdict.Drop, Verdict("tcp dport vmap { 80 : continue } drop", Web));

    [Fact]
    public void What_follows_a_jump_by_map_in_the_same_rule_is_skipped() =>
        Assert.Equal(NftVerdict.Accept, Verdict("tcp dport vmap { 80 : jump sub } drop", Web, "chain sub { return; }"));

    [Fact]
    public void Accept_ends_its_base_chain_and_the_next_one_still_runs()
    {
        NftMachine machine = new(NftRuleset.Parse("""
            table inet a { chain early { type filter hook forward priority -10; accept; }
            }
            table inet b { chain late { type filter hook forward priority 10; counter drop comment "late"; }
            }
            """));
        HookOutcome outcome = machine.Run(Hook.Forward, Web.Forwarded());
        Assert.Equal(NftVerdict.Drop, outcome.Verdict);
        Assert.Equal(["early", "late"], outcome.Chains.Select(chain => chain.Chain.Name));
    }

    [Fact]
    public void Accept_in_a_called_chain_ends_the_base_chain() =>
        Assert.Equal(NftVerdict.Accept, Verdict("jump sub\ndrop", Web, "chain sub { accept; }"));

    [Fact]
    public void Drop_ends_the_hook_before_later_base_chains()
    {
        NftMachine machine = new(NftRuleset.Parse("""
            table inet b { chain late { type filter hook forward priority 10; meta mark set 1; }
            chain early { type filter hook forward priority -10; drop; }
            }
            """));
        PacketState state = Web.Forwarded();
        Assert.Equal(NftVerdict.Drop, machine.Run(Hook.Forward, state).Verdict);
        Assert.Equal(0u, state.Mark);
    }

    [Fact]
    public void Base_chains_run_in_priority_order_within_the_asked_range()
    {
        NftMachine machine = new(NftRuleset.Parse("""
            table inet t { chain c { type filter hook prerouting priority filter; }
            chain b { type filter hook prerouting priority mangle + 10; }
            chain a { type filter hook prerouting priority raw; }
            chain d { type filter hook input priority raw; }
            }
            """));
        Assert.Equal(["a", "b", "c"], machine.Run(Hook.Prerouting, Web.Forwarded()).Chains.Select(chain => chain.Chain.Name));
        Assert.Equal(["b"], machine.Run(Hook.Prerouting, Web.Forwarded(), -200, 0).Chains.Select(chain => chain.Chain.Name));
    }

    [Fact]
    public void Of_base_chains_of_equal_priority_the_one_declared_last_runs_first()
    {
        NftMachine machine = new(NftRuleset.Parse("""
            table inet t { chain a { type filter hook forward priority 0; }
            chain b { type filter hook forward priority 0; }
            }
            table inet u { chain c { type filter hook forward priority 0; }
            }
            """));
        Assert.Equal(["c", "b", "a"], machine.Run(Hook.Forward, Web.Forwarded()).Chains.Select(chain => chain.Chain.Name));
    }

    [Fact]
    public void Fifteen_nested_jumps_load_and_sixteen_do_not()
    {
        Assert.Equal(NftVerdict.Drop, new NftMachine(NftRuleset.Parse(Nested(15))).Run(Hook.Input, Web.Forwarded()).Verdict);
        Assert.Contains("nested deeper than 15", Assert.Throws<NftSyntaxException>(() => NftRuleset.Parse(Nested(16))).Message, StringComparison.Ordinal);

        static string Nested(int jumps) => "table inet t {\n"
            + string.Concat(Enumerable.Range(1, jumps - 1).Select(index => $"chain c{index} {{ jump c{index + 1}; }}\n"))
            + $"chain c{jumps} {{ drop; }}\nchain b {{ type filter hook input priority 0; jump c1; }}\n}}\n";
    }

    [Fact]
    public void A_loop_loads_only_while_no_base_chain_reaches_it()
    {
        const string Loop = "chain x { goto y; }\nchain y { jump x; }\n";
        Assert.NotNull(NftRuleset.Parse($"table inet t {{ {Loop} }}"));
        Assert.Throws<NftSyntaxException>(() => NftRuleset.Parse(SimulatedRuleset.Forward("jump x", Loop)));
        Assert.Throws<NftSyntaxException>(() => NftRuleset.Parse(SimulatedRuleset.Forward("meta mark vmap { 1 : goto x }", Loop)));
    }

    [Theory]
    [InlineData("ip saddr 10.0.0.1 drop")]
    [InlineData("ip saddr != 10.9.9.9 drop")]
    [InlineData("ip protocol tcp drop")]
    [InlineData("ip ttl 64 drop")]
    public void An_IPv4_field_breaks_on_IPv6(string rule)
    {
        Assert.Equal(NftVerdict.Drop, Verdict(rule, Web));
        Assert.Equal(NftVerdict.Accept, Verdict(rule, Web6));
    }

    [Theory]
    [InlineData("ip6 saddr fd00::1 drop")]
    [InlineData("ip6 daddr != ::1 drop")]
    [InlineData("ip6 nexthdr tcp drop")]
    [InlineData("ip6 hoplimit 64 drop")]
    public void An_IPv6_field_breaks_on_IPv4(string rule)
    {
        Assert.Equal(NftVerdict.Drop, Verdict(rule, Web6));
        Assert.Equal(NftVerdict.Accept, Verdict(rule, Web));
    }

    [Fact]
    public void A_port_of_a_named_protocol_implies_the_protocol()
    {
        Assert.Equal(NftVerdict.Drop, Verdict("udp dport 80 drop", Packets.Udp("10.0.0.1", "10.0.0.2", 80)));
        Assert.Equal(NftVerdict.Accept, Verdict("udp dport 80 drop", Web));
        Assert.Equal(NftVerdict.Accept, Verdict("tcp dport != 22 accept\ndrop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("tcp dport != 22 accept\ndrop", Packets.Udp("10.0.0.1", "10.0.0.2", 80)));
    }

    [Fact]
    public void A_port_of_any_protocol_reads_the_ICMP_checksum_and_breaks_when_it_is_unknown()
    {
        Packet ping = Packets.Icmp("10.0.0.1", "10.0.0.2", 8);
        Assert.Equal(NftVerdict.Accept, Verdict("th dport 0-65535 drop", ping));
        Assert.Equal(NftVerdict.Drop, Verdict("th dport 8080 drop", ping with { IcmpChecksum = 8080 }));
        Assert.Equal(NftVerdict.Drop, Verdict("th sport 0x0800 drop", ping));
    }

    [Fact]
    public void A_port_breaks_on_a_later_fragment_and_the_protocol_does_not()
    {
        Packet later = Web with { Fragment = 100 };
        Packet first = Web with { Fragment = 0x2000 };
        Assert.Equal(NftVerdict.Accept, Verdict("th dport 80 drop", later));
        Assert.Equal(NftVerdict.Accept, Verdict("tcp dport != 81 drop", later));
        Assert.Equal(NftVerdict.Drop, Verdict("th dport 80 drop", first));
        Assert.Equal(NftVerdict.Drop, Verdict("meta l4proto tcp drop", later));
        Assert.Equal(NftVerdict.Drop, Verdict("ip frag-off & 0x1fff != 0 drop", later));
        Assert.Equal(NftVerdict.Accept, Verdict("ip frag-off & 0x1fff != 0 drop", first));
        Assert.Equal(NftVerdict.Drop, Verdict("exthdr frag exists drop", Web6 with { Fragment = 100 }));
    }

    [Fact]
    public void Meta_l4proto_and_nfproto_match_by_name_and_number()
    {
        Assert.Equal(NftVerdict.Drop, Verdict("meta l4proto tcp drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("meta l4proto 6 drop", Web6));
        Assert.Equal(NftVerdict.Accept, Verdict("meta l4proto { udp, sctp } drop", Web));
        Assert.Equal(NftVerdict.Accept, Verdict("meta nfproto ipv6 drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("meta nfproto ipv6 drop", Web6));
    }

    [Fact]
    public void Interface_names_match_whole_or_by_prefix()
    {
        Assert.Equal(NftVerdict.Drop, Verdict("iifname \"cali*\" drop", Web.Forwarded("cali12345")));
        Assert.Equal(NftVerdict.Drop, Verdict("iifname \"cali*\" drop", Web.Forwarded("cali")));
        Assert.Equal(NftVerdict.Accept, Verdict("iifname \"cali*\" drop", Web.Forwarded("cal")));
        Assert.Equal(NftVerdict.Accept, Verdict("iifname \"cali\" drop", Web.Forwarded("cali1")));
        Assert.Equal(NftVerdict.Drop, Verdict("oifname != \"eth0\" drop", Web.Forwarded("eth0", "eth1")));
        Assert.Equal(NftVerdict.Accept, Verdict("iifname { \"lo\", \"cali*\" } accept\ndrop", Web.Forwarded("cali9")));
        Assert.Equal(NftVerdict.Drop, Verdict("iifname { \"lo\", \"cali*\" } accept\ndrop", Web.Forwarded("eth0")));
    }

    [Fact]
    public void No_interface_is_index_zero_and_an_empty_name()
    {
        PacketState local = new(Web) { OutputInterface = "eth0" };
        Assert.Equal(NftVerdict.Accept, Verdict("iif != 0 drop", local));
        Assert.Equal(NftVerdict.Drop, Verdict("iif 0 drop", local));
        Assert.Equal(NftVerdict.Drop, Verdict("iifname != \"eth0\" drop", local));
        Assert.Equal(NftVerdict.Accept, Verdict("iiftype loopback drop", local));
        Assert.Equal(NftVerdict.Drop, Verdict("iif \"lo\" drop", Web.Forwarded("lo")));
        Assert.Equal(NftVerdict.Drop, Verdict("iif 1 drop", Web.Forwarded("lo")));
    }

    [Fact]
    public void Connection_states_match_as_flags_as_values_and_by_map()
    {
        foreach (ConntrackState state in Enum.GetValues<ConntrackState>())
        {
            PacketState packet = PacketState.Tracked(Web, state);
            bool known = state is ConntrackState.Established or ConntrackState.Related;
            Assert.Equal(known ? NftVerdict.Drop : NftVerdict.Accept, Verdict("ct state established,related drop", packet));
            Assert.Equal(known ? NftVerdict.Drop : NftVerdict.Accept, Verdict("ct state { established, related } drop", packet));
            Assert.Equal(known ? NftVerdict.Drop : NftVerdict.Accept, Verdict("ct state vmap { related : drop, established : drop }", packet));
            Assert.Equal(state == ConntrackState.New ? NftVerdict.Accept : NftVerdict.Drop, Verdict("ct state != new drop", packet));
            Assert.Equal(state == ConntrackState.New ? NftVerdict.Accept : NftVerdict.Drop, Verdict("ct state ! new drop", packet));
            Assert.Equal(state == ConntrackState.Untracked ? NftVerdict.Drop : NftVerdict.Accept, Verdict("ct state untracked drop", packet));
            Assert.Equal(state == ConntrackState.Invalid ? NftVerdict.Drop : NftVerdict.Accept, Verdict("ct state invalid drop", packet));
        }
    }

    [Fact]
    public void An_unequal_list_of_states_compares_the_whole_value_as_nft_does() =>
        Assert.Equal(NftVerdict.Drop, Verdict("ct state != new,established drop", PacketState.Tracked(Web, ConntrackState.New)));

    [Fact]
    public void Connection_fields_break_without_a_connection()
    {
        foreach (string rule in (string[])["ct mark 0 drop", "ct mark != 5 drop", "ct direction original drop", "ct status != snat drop", "ct original ip daddr != 1.1.1.1 drop"])
        {
            Assert.Equal(NftVerdict.Drop, Verdict(rule, PacketState.Tracked(Web, ConntrackState.New)));
            Assert.Equal(NftVerdict.Accept, Verdict(rule, PacketState.Tracked(Web, ConntrackState.Untracked)));
            Assert.Equal(NftVerdict.Accept, Verdict(rule, PacketState.Tracked(Web, ConntrackState.Invalid)));
        }
    }

    [Fact]
    public void Writing_a_connection_mark_without_a_connection_does_nothing_and_goes_on() =>
        Assert.Equal(NftVerdict.Drop, Verdict("ct mark set 5 drop", PacketState.Tracked(Web, ConntrackState.Invalid)));

    [Fact]
    public void Connection_status_direction_and_original_tuple_match()
    {
        Connection connection = new(ConnectionTuple.Of(Packets.Tcp("10.0.0.1", "192.0.2.1", 30080)))
        {
            Status = ConntrackStatus.Confirmed | ConntrackStatus.DestinationNat,
        };
        PacketState state = PacketState.Tracked(Web, ConntrackState.Established, ConntrackDirection.Reply, connection);
        Assert.Equal(NftVerdict.Drop, Verdict("ct status confirmed drop", state));
        Assert.Equal(NftVerdict.Drop, Verdict("ct status dnat drop", state));
        Assert.Equal(NftVerdict.Accept, Verdict("ct status snat drop", state));
        Assert.Equal(NftVerdict.Drop, Verdict("ct direction reply drop", state));
        Assert.Equal(NftVerdict.Drop, Verdict("ct original ip daddr 192.0.2.1 drop", state));
        Assert.Equal(NftVerdict.Drop, Verdict("meta l4proto tcp ct original proto-dst 30080 drop", state));
        Assert.Equal(NftVerdict.Accept, Verdict("ct original ip6 daddr ::1 drop", state));
        Assert.Equal(NftVerdict.Drop, Verdict("ct reply ip saddr 192.0.2.1 drop", state));
    }

    [Theory]
    [InlineData("ct mark and 0x7fff0000 == 0x000e0000 drop", 0x000e0001u, true)]
    [InlineData("ct mark and 0x7fff0000 == 0x000e0000 drop", 0x400e0001u, false)]
    [InlineData("ct mark & 0x7fff0000 0x000e0000 drop", 0x800e0001u, true)]
    [InlineData("ct mark and 0xff != 0 drop", 0x100u, false)]
    [InlineData("ct mark 1-5 drop", 5u, true)]
    [InlineData("ct mark > 5 drop", 5u, false)]
    [InlineData("ct mark >= 5 drop", 5u, true)]
    [InlineData("ct mark { 1, 4-9 } drop", 6u, true)]
    [InlineData("ct mark xor 1 == 0 drop", 1u, true)]
    [InlineData("ct mark and 0xf or 0x10 == 0x13 drop", 0x23u, true)]
    public void Connection_marks_compare_under_bitwise_operations(string rule, uint mark, bool matches)
    {
        PacketState state = PacketState.Tracked(Web, ConntrackState.New);
        state.Connection!.Mark = mark;
        Assert.Equal(matches ? NftVerdict.Drop : NftVerdict.Accept, Verdict(rule, state));
    }

    [Theory]
    [InlineData("ct mark set ct mark and 0x8000ffff or 0x000e0000", 0xffffffffu, 0x800effffu)]
    [InlineData("ct mark set ct mark & 0x800effff | 0x000e0000", 0xffffffffu, 0x800effffu)]
    [InlineData("ct mark set ct mark xor 0xff", 0xf0u, 0x0fu)]
    [InlineData("ct mark set ct mark | 0x1 & 0x3", 0x10u, 0x11u)]
    [InlineData("ct mark set (ct mark & 0xf0) | 0x3", 0xffu, 0xf3u)]
    [InlineData("ct mark set ct mark & 0xff ^ 0x3 | 0x8", 0x101u, 0xau)]
    [InlineData("ct mark set meta mark", 7u, 0x44u)]
    [InlineData("ct mark set 010", 7u, 8u)]
    public void Connection_marks_are_written_with_bitwise_operations(string rule, uint before, uint after)
    {
        PacketState state = PacketState.Tracked(Web with { Mark = 0x44 }, ConntrackState.New);
        state.Connection!.Mark = before;
        Run(rule, state);
        Assert.Equal(after, state.Connection.Mark);
    }

    [Fact]
    public void Meta_mark_and_priority_are_written_and_matched()
    {
        PacketState state = Web.Forwarded();
        Run("meta mark set meta mark or 0x01000000\nmeta priority set 1:2 \nmeta mark and 0x01000000 == 0x01000000 meta priority 1:2 meta mark set meta mark or 1", state);
        Assert.Equal(0x01000001u, state.Mark);
        Assert.Equal(0x00010002u, state.Priority);
        Assert.Equal(NftVerdict.Drop, Verdict("meta priority none drop", Web));
        Assert.Equal(NftVerdict.Accept, Verdict("meta priority != 0 drop", Web));
    }

    [Fact]
    public void A_concatenation_with_the_register_decides_by_map()
    {
        const string Map = "map m { type classid . inet_proto . inet_service : verdict; elements = { 0:10 . tcp . 80 : goto ok, 0:10 . 17 . 53 : drop }; }\nchain ok { counter comment \"allowed\"; accept; }";
        const string Rules = "meta priority set 0:10 \nmeta priority . meta l4proto . th dport vmap @m\ndrop";
        HookOutcome outcome = Run(Rules, Web.Forwarded(), Map);
        Assert.Equal(NftVerdict.Accept, outcome.Verdict);
        Assert.Equal("allowed", outcome.NamedRule!.Comment);
        Assert.Equal(NftVerdict.Drop, Verdict(Rules, Packets.Udp("10.0.0.1", "10.0.0.2", 80), Map));
    }

    [Fact]
    public void Concatenated_ranges_need_every_field()
    {
        const string Set = "set s { type ipv4_addr . inet_proto . inet_service; flags interval; elements = { 10.0.0.0/8 . tcp . 80-90, 10.0.0.1-10.0.0.9 . udp . 53, 192.0.2.1 . 0-255 . 0-65535 }; }";
        const string Rule = "ip saddr . meta l4proto . th dport @s drop";
        Assert.Equal(NftVerdict.Drop, Verdict(Rule, Packets.Tcp("10.200.0.1", "10.0.0.2", 85), Set));
        Assert.Equal(NftVerdict.Accept, Verdict(Rule, Packets.Tcp("11.0.0.1", "10.0.0.2", 85), Set));
        Assert.Equal(NftVerdict.Accept, Verdict(Rule, Packets.Tcp("10.0.0.1", "10.0.0.2", 91), Set));
        Assert.Equal(NftVerdict.Drop, Verdict(Rule, Packets.Udp("10.0.0.9", "10.0.0.2", 53), Set));
        Assert.Equal(NftVerdict.Accept, Verdict(Rule, Packets.Udp("10.0.0.10", "10.0.0.2", 53), Set));
        Assert.Equal(NftVerdict.Drop, Verdict(Rule, Packets.Udp("192.0.2.1", "10.0.0.2", 9), Set));
    }

    [Fact]
    public void Overlapping_concatenated_elements_that_disagree_are_not_guessed_about()
    {
        const string Map = "map m { type ipv4_addr . inet_service : verdict; flags interval; elements = { 10.0.0.1 . 80 : accept, 10.0.0.0/8 . 1-99 : drop }; }";
        Assert.Throws<NftExecutionException>(() => Verdict("ip saddr . tcp dport vmap @m", Web, Map));
        Assert.Equal(NftVerdict.Drop, Verdict("ip saddr . tcp dport vmap @m", Packets.Tcp("10.0.0.2", "10.0.0.1"), Map));
    }

    [Fact]
    public void Interval_maps_find_the_range_that_holds_the_address()
    {
        const string Map = "map net4 { type ipv4_addr : classid; flags interval; elements = { 0.0.0.0-10.64.255.255 : 0:1, 10.65.0.0/24 : 0:2, 10.65.1.0-255.255.255.255 : 0:3 }; }";
        foreach ((string source, uint expected) in (ReadOnlySpan<(string, uint)>)
            [("0.0.0.0", 1), ("10.64.255.255", 1), ("10.65.0.0", 2), ("10.65.0.255", 2), ("10.65.1.0", 3), ("255.255.255.255", 3)])
        {
            PacketState state = Packets.Tcp(source, "10.0.0.2").Forwarded();
            Run("meta priority set ip saddr map @net4", state, Map);
            Assert.Equal(expected, state.Priority);
        }
    }

    [Fact]
    public void The_catch_all_element_serves_every_key_without_its_own()
    {
        const string Map = "map from { type ifname . ipv4_addr : verdict; elements = { \"cali-a\" . 10.0.0.1 : accept, * : drop }; }";
        Assert.Equal(NftVerdict.Accept, Verdict("iifname . ip saddr vmap @from", Web.Forwarded("cali-a"), Map));
        Assert.Equal(NftVerdict.Drop, Verdict("iifname . ip saddr vmap @from", Web.Forwarded("cali-b"), Map));
        Assert.Equal(NftVerdict.Accept, Verdict("iifname . ip saddr vmap @from", Web6.Forwarded("cali-b"), Map));
    }

    [Fact]
    public void Negated_sets_match_what_is_not_in_them()
    {
        Assert.Equal(NftVerdict.Drop, Verdict("ip saddr != { 10.0.0.5, 10.0.1.0/24 } drop", Web));
        Assert.Equal(NftVerdict.Accept, Verdict("ip saddr != { 10.0.0.0/24 } drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("ip saddr != @s drop", Web, "set s { type ipv4_addr; }"));
        Assert.Equal(NftVerdict.Accept, Verdict("ip saddr != @s drop", Web6, "set s { type ipv4_addr; }"));
    }

    [Fact]
    public void Prefixes_and_ranges_include_their_ends()
    {
        Assert.Equal(NftVerdict.Drop, Verdict("ip daddr 10.0.0.2/31 drop", Web));
        Assert.Equal(NftVerdict.Accept, Verdict("ip daddr 10.0.0.0/31 drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("ip daddr 0.0.0.0/0 drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("tcp dport 80-90 drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("tcp dport 70-80 drop", Web));
        Assert.Equal(NftVerdict.Accept, Verdict("tcp dport != 70-80 drop", Web));
        Assert.Equal(NftVerdict.Drop, Verdict("ip6 saddr fd00::/8 drop", Web6));
        Assert.Equal(NftVerdict.Accept, Verdict("ip6 saddr fe80::/10 drop", Web6));
    }

    [Fact]
    public void Elements_with_a_timeout_end_when_their_time_is_over()
    {
        NftMachine machine = Machine("meta nfproto @armed drop", "set armed { typeof meta nfproto; flags timeout; elements = { ipv4 timeout 60s, ipv6 timeout 2m }; }");
        Assert.Equal(NftVerdict.Drop, machine.Run(Hook.Forward, Web.Forwarded()).Verdict);
        machine.Now = TimeSpan.FromSeconds(60);
        Assert.Equal(NftVerdict.Accept, machine.Run(Hook.Forward, Web.Forwarded()).Verdict);
        Assert.Equal(NftVerdict.Drop, machine.Run(Hook.Forward, Web6.Forwarded()).Verdict);
    }

    [Fact]
    public void Icmp_types_and_codes_match_by_name_and_imply_family_and_protocol()
    {
        Packet ping = Packets.Icmp("10.0.0.1", "10.0.0.2", 8);
        Packet ping6 = Packets.Icmp("fd00::1", "fd00::2", 128);
        Assert.Equal(NftVerdict.Drop, Verdict("icmp type echo-request drop", ping));
        Assert.Equal(NftVerdict.Drop, Verdict("icmp type . icmp code { 8 . 0 } drop", ping));
        Assert.Equal(NftVerdict.Accept, Verdict("icmp type . icmp code { echo-request . host-unreachable } drop", ping));
        Assert.Equal(NftVerdict.Drop, Verdict("icmpv6 type echo-request icmpv6 code no-route drop", ping6));
        Assert.Equal(NftVerdict.Accept, Verdict("icmpv6 type echo-request drop", ping));
        Assert.Equal(NftVerdict.Accept, Verdict("icmp type != echo-request drop", ping6));
        Assert.Equal(NftVerdict.Accept, Verdict("icmp type 8 drop", ping6 with { IcmpType = 8 }));
    }

    [Fact]
    public void Tcp_flags_match_as_any_as_mask_and_as_value()
    {
        Packet synAck = Web with { TcpFlags = 0x12 };
        Assert.Equal(NftVerdict.Drop, Verdict("tcp flags syn drop", synAck));
        Assert.Equal(NftVerdict.Accept, Verdict("tcp flags == syn drop", synAck));
        Assert.Equal(NftVerdict.Drop, Verdict("tcp flags & (syn|ack) == syn|ack drop", synAck));
        Assert.Equal(NftVerdict.Accept, Verdict("tcp flags syn / syn,ack drop", synAck));
        Assert.Equal(NftVerdict.Drop, Verdict("tcp flags != syn / fin,syn,rst,ack drop", synAck));
        Assert.Equal(NftVerdict.Accept, Verdict("tcp flags ! ack drop", synAck));
    }

    [Fact]
    public void Logs_are_recorded_and_go_on()
    {
        HookOutcome outcome = Run("log group 5 prefix \"D|x\" counter drop", Web.Forwarded());
        LogLine line = Assert.Single(outcome.Logs);
        Assert.Equal(("D|x", (ushort)5), (line.Prefix, line.Group!.Value));
        Assert.Equal(NftVerdict.Drop, outcome.Verdict);
    }

    [Fact]
    public void Reject_drops_and_says_how()
    {
        Assert.Equal("tcp reset", Run("meta l4proto tcp reject with tcp reset", Web.Forwarded()).Rejection);
        Assert.Equal(NftVerdict.Drop, Verdict("reject with icmpx admin-prohibited", Web));
        Assert.Equal(NftVerdict.Accept, Verdict("reject with tcp reset", Packets.Udp("10.0.0.1", "10.0.0.2")));
        Assert.Equal(NftVerdict.Accept, Verdict("reject with icmpv6 admin-prohibited", Web));
        Assert.Null(Run("drop", Web.Forwarded()).Rejection);
    }

    [Fact]
    public void Notrack_exempts_only_what_tracking_has_not_seen()
    {
        PacketState early = Web.Forwarded();
        Run("notrack", early);
        Assert.Equal(ConntrackState.Untracked, early.State);
        PacketState late = PacketState.Tracked(Web, ConntrackState.New);
        Run("notrack", late);
        Assert.Equal(ConntrackState.New, late.State);
    }

    [Fact]
    public void Counters_start_at_the_values_of_the_text()
    {
        NftMachine machine = Machine("counter packets 5 bytes 100 counter name \"c\"", "counter c { packets 7 bytes 9; }");
        machine.Run(Hook.Forward, Web.Forwarded());
        Assert.Equal(new CounterValue(6, 164), machine.CounterOf(machine.Ruleset.FindChain("t", "entry")!.Rules[0]));
        Assert.Equal(new CounterValue(8, 73), machine.CounterOf("t", "c"));
    }

    [Fact]
    public void Limits_match_up_to_the_burst_and_refill_with_time()
    {
        NftMachine machine = Machine("limit rate 2/second burst 3 packets accept\ndrop");
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => Passes(machine)));
        machine.Now = TimeSpan.FromMilliseconds(499);
        Assert.False(Passes(machine));
        machine.Now = TimeSpan.FromMilliseconds(999);
        Assert.True(Passes(machine));
        Assert.False(Passes(machine));
        machine.Now = TimeSpan.FromHours(1);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => Passes(machine)));

        static bool Passes(NftMachine machine) => machine.Run(Hook.Forward, Web.Forwarded()).Verdict == NftVerdict.Accept;
    }

    [Fact]
    public void A_limit_with_over_matches_beyond_the_rate()
    {
        NftMachine machine = Machine("limit rate over 1/minute burst 2 packets drop");
        Assert.Equal(
            [NftVerdict.Accept, NftVerdict.Accept, NftVerdict.Drop],
            Enumerable.Range(0, 3).Select(_ => machine.Run(Hook.Forward, Web.Forwarded()).Verdict));
    }

    [Fact]
    public void Fib_expressions_ask_the_given_routing_table()
    {
        NftMachine machine = Machine("fib saddr . iif oif missing drop\nfib daddr type local accept\ndrop");
        machine.Fib = (keys, state) => keys.HasFlag(FibKeys.Input)
            ? new FibAnswer(state.InputInterface == "good" ? "good" : null, FibAddressType.Unicast)
            : new FibAnswer("lo", FibAddressType.Local);
        Assert.Equal(NftVerdict.Accept, machine.Run(Hook.Forward, Web.Forwarded("good")).Verdict);
        Assert.Equal(NftVerdict.Drop, machine.Run(Hook.Forward, Web.Forwarded("bad")).Verdict);
        Assert.Throws<NftExecutionException>(() => Verdict("fib saddr . iif oif 0 drop", Web));
    }

    [Fact]
    public void A_table_of_one_family_does_not_see_the_other()
    {
        NftMachine machine = new(NftRuleset.Parse("table ip t { chain c { type filter hook forward priority 0; drop; }\n}"));
        Assert.Equal(NftVerdict.Drop, machine.Run(Hook.Forward, Web.Forwarded()).Verdict);
        Assert.Equal(NftVerdict.Accept, machine.Run(Hook.Forward, Web6.Forwarded()).Verdict);
    }

    [Fact]
    public void A_dormant_table_does_nothing()
    {
        NftMachine machine = new(NftRuleset.Parse("table inet t { flags dormant; chain c { type filter hook forward priority 0; drop; }\n}"));
        Assert.Equal(NftVerdict.Accept, machine.Run(Hook.Forward, Web.Forwarded()).Verdict);
    }

    [Fact]
    public void The_deciding_and_the_naming_rule_are_known()
    {
        HookOutcome outcome = Run(
            "tcp dport vmap { 80 : goto r_1 }",
            Web.Forwarded(),
            "chain deny { drop; }\nchain r_1 { counter comment \"np a/b ingress 0\"; goto deny; }");
        Assert.Equal("np a/b ingress 0", outcome.NamedRule!.Comment);
        Assert.Equal(("deny", 0), (outcome.DecidingRule!.Chain.Name, outcome.DecidingRule.Index));
    }

    [Fact]
    public void The_trace_lists_every_matching_rule_with_its_verdict()
    {
        NftMachine machine = Machine("tcp dport 81 drop\ncounter comment \"seen\"\ntcp dport vmap { 80 : jump sub }", "chain sub { return; }");
        machine.RecordsTrace = true;
        Assert.Equal(
            [
                "t entry rule counter comment \"seen\" (verdict continue)",
                "t entry rule tcp dport vmap { 80 : jump sub } (verdict jump sub)",
                "t sub rule return (verdict return)",
                "t entry policy accept",
            ],
            machine.Run(Hook.Forward, Web.Forwarded()).Trace.Select(step => step.ToString()));
    }

    [Fact]
    public void Nat_chains_bind_the_first_translation_and_stop()
    {
        NftMachine machine = new(NftRuleset.Parse("""
            table ip nat {
              map dn { type ipv4_addr . inet_service : ipv4_addr . inet_service; elements = { 10.0.0.2 . 81 : 10.1.1.1 . 8080 }; }
              chain a { type nat hook prerouting priority dstnat; dnat ip to ip daddr . tcp dport map @dn; dnat to ip daddr . tcp dport map { 10.0.0.2 . 80 : 10.1.1.2 . 8081 }; }
              chain b { type nat hook prerouting priority dstnat + 1; dnat to 10.1.1.3:1; }
            }
            """));
        PacketState state = Web.Forwarded();
        Assert.Single(machine.RunNat(Hook.Prerouting, state).Chains);
        Assert.Equal(new NatBinding(NatKind.Destination, PacketAddress.Parse("10.1.1.2"), 8081), state.Nat);
        PacketState other = Packets.Tcp("10.0.0.1", "10.0.0.9").Forwarded();
        machine.RunNat(Hook.Prerouting, other);
        Assert.Equal(new NatBinding(NatKind.Destination, PacketAddress.Parse("10.1.1.3"), 1), other.Nat);
        Assert.Empty(machine.Run(Hook.Prerouting, Web.Forwarded()).Chains);
    }

    private static NftMachine Machine(string rules, string objects = "", string policy = "accept") =>
        new(NftRuleset.Parse(SimulatedRuleset.Forward(rules, objects, policy)));

    private static HookOutcome Run(string rules, PacketState state, string objects = "", string policy = "accept") =>
        Machine(rules, objects, policy).Run(Hook.Forward, state);

    private static NftVerdict Verdict(string rules, Packet packet, string objects = "", string policy = "accept") =>
        Run(rules, packet.Forwarded(), objects, policy).Verdict;

    private static NftVerdict Verdict(string rules, PacketState state, string objects = "", string policy = "accept") =>
        Run(rules, state, objects, policy).Verdict;
}
