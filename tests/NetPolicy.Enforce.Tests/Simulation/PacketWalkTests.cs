using NetPolicy.Enforce.Simulation;
using Xunit;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>The order of hooks, connection tracking and translation.</summary>
public sealed class PacketWalkTests
{
    private static readonly Packet Inbound = Packets.Tcp("203.0.113.9", "10.0.0.2", 80, input: "eth0");
    private static readonly Packet ToNode = Packets.Tcp("203.0.113.9", "192.0.2.1", 80, input: "eth0");
    private static readonly Packet FromNode = Packets.Tcp("192.0.2.1", "203.0.113.9", 443);

    /// <summary>Pods 10.0.0.x (fd00::x) behind cali*, the node 192.0.2.1 (2001:db8::1), everything else behind eth0.</summary>
    private static HostModel Host(Func<PacketState, NatBinding?>? dnat = null) => new()
    {
        Dnat = dnat,
        AddressOf = (name, family) => PacketAddress.Parse(name == "lo" ? "127.0.0.1" : family == PacketFamily.IPv4 ? "192.0.2.1" : "2001:db8::1"),
        Route = state => PacketAddress.Format(state.Packet.Family, state.Destination) switch
        {
            "192.0.2.1" or "127.0.0.1" or "2001:db8::1" => RouteDecision.Local,
            "10.0.0.2" or "fd00::2" => RouteDecision.Through("cali2"),
            "10.0.0.3" or "fd00::3" => RouteDecision.Through("cali3"),
            "240.0.0.1" => RouteDecision.Unreachable,
            _ => RouteDecision.Through("eth0"),
        },
    };

    [Fact]
    public void Each_journey_passes_its_hooks_in_the_order_of_the_kernel()
    {
        string everywhere = "table inet t {\n" + string.Concat(
            ((string[])["prerouting", "input", "forward", "output", "postrouting"]).SelectMany(hook => ((int[])[150, -300, -150, 0])
                .Select(priority => $"chain {hook}_{priority + 300} {{ type filter hook {hook} priority {priority}; }}\n"))) + "}";
        PacketWalk walk = Walk(everywhere);
        Assert.Equal(
            "prerouting_0 prerouting_150 prerouting_300 prerouting_450 forward_0 forward_150 forward_300 forward_450 postrouting_0 postrouting_150 postrouting_300 postrouting_450",
            Chains(walk.Receive(Inbound)));
        Assert.Equal(
            "prerouting_0 prerouting_150 prerouting_300 prerouting_450 input_0 input_150 input_300 input_450",
            Chains(walk.Receive(ToNode)));
        Assert.Equal(
            "output_0 output_150 output_300 output_450 postrouting_0 postrouting_150 postrouting_300 postrouting_450",
            Chains(walk.Send(FromNode)));

        static string Chains(WalkOutcome outcome) => string.Join(' ', outcome.Hooks.SelectMany(hook => hook.Chains).Select(chain => chain.Chain.Name));
    }

    [Fact]
    public void Before_tracking_a_packet_is_invalid_and_after_it_new()
    {
        PacketWalk walk = Walk("""
            table inet t {
              chain early { type filter hook prerouting priority raw; ct state != invalid drop; }
              chain late { type filter hook prerouting priority mangle; ct state != new drop; }
            }
            """);
        Assert.Equal(NftVerdict.Accept, walk.Receive(Inbound).Verdict);
    }

    [Fact]
    public void The_answer_is_established_in_reply_direction_and_sees_the_mark()
    {
        PacketWalk walk = Walk(SimulatedRuleset.Forward("""
            ct state established ct direction reply ct mark 7 accept
            ct state established ct direction original accept
            ct state new ct direction original ct mark set 7 accept
            drop
            """));
        Assert.Equal(NftVerdict.Accept, walk.Receive(Inbound).Verdict);
        WalkOutcome again = walk.Receive(Inbound);
        Assert.Equal(ConntrackState.New, again.State.State);
        WalkOutcome answer = walk.Receive(Inbound.Answer("cali2"));
        Assert.Equal((NftVerdict.Accept, ConntrackState.Established, ConntrackDirection.Reply), (answer.Verdict, answer.State.State, answer.State.Direction));
        Assert.Equal(ConntrackState.Established, walk.Receive(Inbound).State.State);
        Assert.Single(walk.Conntrack.Connections);
    }

    [Fact]
    public void A_connection_is_confirmed_when_its_first_packet_has_passed_the_last_hook()
    {
        PacketWalk walk = Walk(SimulatedRuleset.Forward("ct status confirmed counter comment \"known\"\nct status ! confirmed counter comment \"fresh\""));
        Assert.Equal("fresh", walk.Receive(Inbound).NamedRule!.Comment);
        Assert.Equal("known", walk.Receive(Inbound).NamedRule!.Comment);
    }

    [Fact]
    public void A_dropped_first_packet_leaves_no_connection()
    {
        PacketWalk walk = Walk("table inet t { chain p { type filter hook postrouting priority 0; drop; }\n}");
        WalkOutcome outcome = walk.Receive(Inbound);
        Assert.Equal((NftVerdict.Drop, Hook.Postrouting), (outcome.Verdict, outcome.DroppedAt));
        Assert.Empty(walk.Conntrack.Connections);
    }

    [Fact]
    public void A_dropped_packet_of_a_known_connection_still_writes_its_mark()
    {
        PacketWalk walk = Walk(SimulatedRuleset.Forward("ct status confirmed ct mark set 0x40000000 drop"));
        walk.Receive(Inbound);
        Assert.Equal(NftVerdict.Drop, walk.Receive(Inbound).Verdict);
        Assert.Equal(0x40000000u, Assert.Single(walk.Conntrack.Connections).Mark);
    }

    [Fact]
    public void Translated_destinations_are_seen_after_minus_100_and_the_original_in_the_connection()
    {
        PacketWalk walk = Walk("""
            table ip nat { chain pre { type nat hook prerouting priority dstnat; ip daddr 192.0.2.1 tcp dport 30080 dnat to 10.0.0.2:8080; }
            }
            table inet t {
              chain pre { type filter hook prerouting priority mangle; ct direction original tcp dport != 30080 drop; }
              chain f { type filter hook forward priority 0; policy drop;
                ct direction original ip daddr 10.0.0.2 tcp dport 8080 ct status dnat ct original proto-dst 30080 ct original ip daddr 192.0.2.1 accept
                ct direction reply ip saddr 10.0.0.2 tcp sport 8080 accept
              }
              chain post { type filter hook postrouting priority srcnat + 1; ct direction reply ip saddr != 192.0.2.1 drop; }
            }
            """);
        Packet packet = Packets.Tcp("203.0.113.9", "192.0.2.1", 30080, input: "eth0");
        WalkOutcome first = walk.Receive(packet);
        Assert.Equal((NftVerdict.Accept, Journey.Forwarded, "cali2"), (first.Verdict, first.Journey, first.State.OutputInterface));
        WalkOutcome answer = walk.Receive(Packets.Tcp("10.0.0.2", "203.0.113.9", 40000, 8080, "cali2"));
        Assert.Equal(NftVerdict.Accept, answer.Verdict);
        Assert.Equal((PacketAddress.Parse("192.0.2.1"), (ushort)30080), (answer.State.Source, answer.State.SourcePort!.Value));
        WalkOutcome second = walk.Receive(packet);
        Assert.Equal((NftVerdict.Accept, (ushort)8080), (second.Verdict, second.State.DestinationPort!.Value));
    }

    [Fact]
    public void A_delegate_may_stand_in_for_nat_chains()
    {
        int asked = 0;
        PacketWalk walk = new(new NftMachine(NftRuleset.Parse(SimulatedRuleset.Forward("ip daddr 10.0.0.3 tcp dport 99 accept\ndrop"))), Host(state =>
        {
            asked++;
            return new NatBinding(NatKind.Destination, PacketAddress.Parse("10.0.0.3"), 99);
        }));
        Assert.Equal(NftVerdict.Accept, walk.Receive(Inbound).Verdict);
        Assert.Equal(NftVerdict.Accept, walk.Receive(Inbound).Verdict);
        Assert.Equal(1, asked);
    }

    [Fact]
    public void Output_sees_the_first_route_and_postrouting_the_one_after_translation()
    {
        PacketWalk walk = Walk("""
            table ip nat { chain out { type nat hook output priority -100; ip daddr 172.16.0.1 dnat to 10.0.0.2; }
            }
            table inet t {
              chain o { type filter hook output priority 0; oifname != "eth0" drop; ip daddr != 10.0.0.2 drop; }
              chain p { type filter hook postrouting priority mangle; iif != 0 drop; oifname != "cali2" drop; }
            }
            """);
        WalkOutcome outcome = walk.Send(Packets.Tcp("192.0.2.1", "172.16.0.1"));
        Assert.Equal((NftVerdict.Accept, Journey.FromHost), (outcome.Verdict, outcome.Journey));
    }

    [Fact]
    public void Translated_sources_are_put_back_before_routing()
    {
        PacketWalk walk = Walk("""
            table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "eth0" masquerade; }
            }
            table inet t { chain f { type filter hook forward priority 0; ip daddr 192.0.2.1 drop; ip saddr 192.0.2.1 drop; }
            }
            """);
        WalkOutcome outward = walk.Receive(Packets.Tcp("10.0.0.2", "203.0.113.9", 443, 5000, "cali2"));
        Assert.Equal(PacketAddress.Parse("192.0.2.1"), outward.State.Source);
        WalkOutcome answer = walk.Receive(Packets.Tcp("203.0.113.9", "192.0.2.1", 5000, 443, "eth0"));
        Assert.Equal((NftVerdict.Accept, Journey.Forwarded, "cali2"), (answer.Verdict, answer.Journey, answer.State.OutputInterface));
    }

    [Fact]
    public void Untracked_packets_have_no_connection_and_leave_none()
    {
        PacketWalk walk = Walk("""
            table inet t {
              chain raw { type filter hook prerouting priority raw; tcp dport 80 notrack; }
              chain f { type filter hook forward priority 0; policy drop; ct direction original drop; ct state untracked accept; }
            }
            """);
        Assert.Equal(NftVerdict.Accept, walk.Receive(Inbound).Verdict);
        Assert.Empty(walk.Conntrack.Connections);
    }

    [Theory]
    [InlineData(130)]
    [InlineData(133)]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(143)]
    public void Neighbour_discovery_is_untracked(byte type) =>
        Assert.Equal(ConntrackState.Untracked, Walk("").Receive(Packets.Icmp("fe80::1", "2001:db8::1", type, input: "eth0")).State.State);

    [Fact]
    public void An_ICMP_error_is_related_to_the_connection_it_is_about()
    {
        PacketWalk walk = Walk("");
        walk.Receive(Inbound);
        Packet error = Packets.Icmp("10.0.0.2", "203.0.113.9", 3, 3, "cali2") with { Inner = Inbound };
        WalkOutcome outcome = walk.Receive(error);
        Assert.Equal((ConntrackState.Related, ConntrackDirection.Reply), (outcome.State.State, outcome.State.Direction));
        Assert.Equal(ConntrackState.Invalid, walk.Receive(error with { Inner = Inbound with { SourcePort = 1 } }).State.State);
        Assert.Equal(ConntrackState.Invalid, walk.Receive(error with { Inner = null }).State.State);
        Assert.Single(walk.Conntrack.Connections);
    }

    [Fact]
    public void An_echo_opens_a_connection_and_its_answer_belongs_to_it()
    {
        PacketWalk walk = Walk("");
        Assert.Equal(ConntrackState.Invalid, walk.Receive(Packets.Icmp("10.0.0.2", "203.0.113.9", 0, input: "cali2")).State.State);
        Assert.Equal(ConntrackState.New, walk.Receive(Packets.Icmp("203.0.113.9", "10.0.0.2", 8, input: "eth0")).State.State);
        Assert.Equal(ConntrackState.Established, walk.Receive(Packets.Icmp("10.0.0.2", "203.0.113.9", 0, input: "cali2")).State.State);
    }

    [Fact]
    public void An_expected_connection_is_related_and_inherits_the_mark()
    {
        PacketWalk walk = Walk(SimulatedRuleset.Forward("ct state new ct mark set 9"));
        walk.Receive(Inbound);
        Packet data = Inbound with { DestinationPort = 2000, SourcePort = 1234 };
        walk.Conntrack.Expect(ConnectionTuple.Of(data), walk.Conntrack.Find(ConnectionTuple.Of(Inbound))!);
        WalkOutcome outcome = walk.Receive(data);
        Assert.Equal((ConntrackState.Related, 9u), (outcome.State.State, outcome.State.Connection!.Mark));
    }

    [Fact]
    public void A_TCP_packet_that_cannot_open_a_connection_is_invalid()
    {
        PacketWalk walk = Walk("");
        foreach ((byte flags, ConntrackState expected) in (ReadOnlySpan<(byte, ConntrackState)>)
            [(2, ConntrackState.New), (18, ConntrackState.Invalid), (4, ConntrackState.Invalid), (17, ConntrackState.Invalid), (16, ConntrackState.New), (0, ConntrackState.Invalid)])
        {
            walk.Conntrack.Clear();
            Assert.Equal(expected, walk.Receive(Inbound with { TcpFlags = flags }).State.State);
        }

        walk.Conntrack.Clear();
        walk.Conntrack.PicksUpMidStream = false;
        Assert.Equal(ConntrackState.Invalid, walk.Receive(Inbound with { TcpFlags = 16 }).State.State);
    }

    [Fact]
    public void A_malformed_packet_is_invalid() =>
        Assert.Equal(ConntrackState.Invalid, Walk("").Receive(Inbound with { IsMalformed = true }).State.State);

    [Fact]
    public void A_packet_to_the_host_itself_goes_out_and_in_over_the_loopback_with_its_connection()
    {
        PacketWalk walk = Walk("""
            table inet t {
              chain o { type filter hook output priority 0; meta mark set 5 ct mark set 6; oif "lo" counter comment "out"; }
              chain i { type filter hook input priority 0; policy drop; iif "lo" meta mark 5 ct mark 6 ct state new accept comment "in"; }
            }
            """);
        WalkOutcome outcome = walk.Send(Packets.Tcp("192.0.2.1", "192.0.2.1"));
        Assert.Equal((NftVerdict.Accept, Journey.Loopback), (outcome.Verdict, outcome.Journey));
        Assert.Equal(["out", "in"], outcome.NamedRules.Select(rule => rule.Comment));
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(8, 2u)]
    [InlineData(16, 6u)]
    [InlineData(24, 4u)]
    public void Forwarding_takes_the_priority_from_the_IPv4_type_of_service(byte tos, uint priority)
    {
        Assert.Equal(priority, Walk("").Receive(Inbound with { TrafficClass = tos, Priority = 3 }).State.Priority);
        Assert.Equal(3u, Walk("").Receive(ToNode with { TrafficClass = tos, Priority = 3 }).State.Priority);
    }

    [Fact]
    public void A_packet_without_a_route_is_lost_by_no_rule()
    {
        WalkOutcome outcome = Walk("").Receive(Packets.Tcp("203.0.113.9", "240.0.0.1", input: "eth0"));
        Assert.Equal((NftVerdict.Drop, true, null), (outcome.Verdict, outcome.IsUnroutable, outcome.DroppedAt));
    }

    [Fact]
    public void A_walk_that_starts_at_the_wrong_end_is_misuse()
    {
        Assert.Throws<ArgumentException>(() => Walk("").Receive(FromNode));
        Assert.Throws<ArgumentException>(() => Walk("").Send(Inbound));
    }

    private static PacketWalk Walk(string text) => new(new NftMachine(NftRuleset.Parse(text)), Host());
}
