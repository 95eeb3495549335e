using NetPolicy.Enforce.Simulation;
using Xunit;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>The recommended layout, executed: what its measured checks say about journeys, marks and epochs.</summary>
public sealed class LayoutTests
{
    private const string KubeProxy = """
        table ip kproxy {
          chain pre { type nat hook prerouting priority dstnat; ip daddr 192.0.2.1 tcp dport 30080 dnat to 10.65.0.3:8080; ip daddr 192.0.2.1 tcp dport 7778 dnat to 10.65.0.3:8080; }
          chain out { type nat hook output priority -100; ip daddr 172.16.0.1 tcp dport 80 dnat to 10.65.0.3:8080; ip daddr 172.16.0.2 tcp dport 80 dnat to 198.51.100.5:8081; }
        }
        """;

    private static readonly string Layout = SimulatedRuleset.Read("layout.nft");
    private readonly ConntrackTable conntrack = new();
    private NftMachine machine = new(NftRuleset.Parse(Layout + KubeProxy));

    public static TheoryData<string, string, int, string, string> Flows => new()
    {
        { "10.65.0.2", "10.65.0.3", 8080, "cali-a", "np default/allow-a ingress 0" },
        { "fd00:65::2", "fd00:65::3", 8080, "cali-a", "np default/allow-a ingress 0" },
        { "10.65.0.2", "10.65.0.3", 8081, "cali-a", "" },
        { "fd00:65::2", "fd00:65::3", 8081, "cali-a", "" },
        { "192.0.2.77", "10.65.0.3", 8080, "eth0", "np default/allow-ext ingress 1" },
        { "8.8.8.8", "10.65.0.3", 8080, "eth0", "" },
        { "10.65.0.3", "8.8.8.8", 443, "cali-b", "*" },
        { "10.65.0.2", "192.0.2.77", 443, "cali-a", "" },
        { "10.65.0.2", "8.8.8.8", 443, "cali-a", "*" },
        { "10.65.0.9", "10.65.0.3", 8080, "cali-b", "" },
        { "10.65.0.9", "10.65.0.3", 8080, "cali-x", "" },
        { "10.65.0.2", "10.65.0.9", 8080, "cali-a", "" },
        { "192.0.2.77", "192.0.2.1", 9100, "eth0", "gnp node-exporter 0" },
        { "8.8.8.8", "192.0.2.1", 9100, "eth0", "" },
        { "8.8.8.8", "192.0.2.1", 22, "eth0", "*" },
        { "8.8.8.8", "192.0.2.1", 30080, "eth0", "" },
        { "192.0.2.77", "192.0.2.1", 30080, "eth0", "np default/allow-ext ingress 1" },
        { "198.51.100.5", "192.0.2.1", 30080, "eth0", "" },
        { "203.0.113.5", "10.65.0.2", 80, "eth0", "" },
        { "8.8.8.8", "192.0.2.1", 9200, "eth0", "gnp untracked 0" },
        { "10.65.0.2", "192.0.2.1", 22, "cali-a", "" },
    };

    [Fact]
    public void The_layout_as_written_and_as_listed_is_one_model() => Assert.Equal(
        NftRuleset.Parse(Layout).ToCanonicalText(),
        NftRuleset.Parse(SimulatedRuleset.Read("layout.listed.nft")).ToCanonicalText());

    /// <summary>An empty last column is a drop, a star an accept that no rule names.</summary>
    [Theory]
    [MemberData(nameof(Flows))]
    public void Each_flow_meets_the_rule_that_the_layout_means(string source, string destination, int port, string input, string expected)
    {
        WalkOutcome outcome = Walk().Receive(Packets.Tcp(source, destination, port, input: input));
        Assert.Equal(expected.Length == 0 ? NftVerdict.Drop : NftVerdict.Accept, outcome.Verdict);
        Assert.Equal(expected is "*" or "" ? null : expected, outcome.Verdict == NftVerdict.Accept ? outcome.NamedRule?.Comment : null);
    }

    [Fact]
    public void A_deny_before_translation_is_named_and_logged()
    {
        WalkOutcome outcome = Walk().Receive(Packets.Tcp("198.51.100.5", "192.0.2.1", 30080, input: "eth0"));
        Assert.Equal((Hook.Prerouting, "gnp predeny 0"), (outcome.DroppedAt!.Value, outcome.NamedRule!.Comment));
        Assert.Equal("D|gnp/predeny|0", Assert.Single(outcome.Logs).Prefix);
    }

    [Fact]
    public void An_accepted_flow_carries_the_epoch_and_is_not_walked_again()
    {
        Packet packet = Packets.Tcp("10.65.0.2", "10.65.0.3", 8080, input: "cali-a");
        Assert.Equal(0x000e0000u, Walk().Receive(packet).State.Connection!.Mark);
        Assert.Null(Walk().Receive(packet).NamedRule);
        Assert.Equal(NftVerdict.Accept, Walk().Receive(packet.Answer("cali-b")).Verdict);
    }

    [Fact]
    public void A_bump_rejudges_and_a_denied_flow_is_cut_in_both_directions_until_allowed_again()
    {
        Packet packet = Packets.Tcp("10.65.0.2", "10.65.0.3", 8080, input: "cali-a");
        Walk().Receive(packet);
        Walk().Receive(packet.Answer("cali-b"));
        Connection connection = Assert.Single(conntrack.Connections);
        connection.Mark |= 0x80;

        Load(Bumped(Layout.Replace("0:10 . tcp . 8080 : goto r_1, ", "", StringComparison.Ordinal)));
        Assert.Equal(NftVerdict.Accept, Walk().Receive(packet.Answer("cali-b")).Verdict);
        Assert.Equal(NftVerdict.Drop, Walk().Receive(packet).Verdict);
        Assert.Equal(0x40000080u, connection.Mark);
        Assert.Equal(NftVerdict.Drop, Walk().Receive(packet.Answer("cali-b")).Verdict);
        Packet error = Packets.Icmp("10.65.0.3", "10.65.0.2", 3, 3, "cali-b") with { Inner = packet };
        Assert.Equal(NftVerdict.Drop, Walk().Receive(error).Verdict);

        Load(Bumped(Layout));
        Assert.Equal(NftVerdict.Accept, Walk().Receive(packet).Verdict);
        Assert.Equal(0x000f0080u, connection.Mark);
        Assert.Equal(NftVerdict.Accept, Walk().Receive(packet.Answer("cali-b")).Verdict);
        Assert.Equal(NftVerdict.Accept, Walk().Receive(error).Verdict);

        static string Bumped(string text) => text.Replace("0x000d0000", "0x000c0000", StringComparison.Ordinal).Replace("0x000e0000", "0x000f0000", StringComparison.Ordinal);
    }

    [Fact]
    public void Untracked_allows_keep_no_connection_and_need_both_directions()
    {
        Packet packet = Packets.Tcp("8.8.8.8", "192.0.2.1", 9200, input: "eth0");
        Assert.Equal(ConntrackState.Untracked, Walk().Receive(packet).State.State);
        WalkOutcome answer = Walk().Send(packet.Answer(null));
        Assert.Equal((NftVerdict.Accept, ConntrackState.Untracked), (answer.Verdict, answer.State.State));
        Assert.Empty(conntrack.Connections);
    }

    [Fact]
    public void Host_traffic_to_services_is_judged_after_translation()
    {
        WalkOutcome local = Walk().Send(Packets.Tcp("192.0.2.1", "172.16.0.1"));
        Assert.Equal((NftVerdict.Accept, "cali-b"), (local.Verdict, local.State.OutputInterface));
        WalkOutcome remote = Walk().Send(Packets.Tcp("192.0.2.1", "172.16.0.2"));
        Assert.Equal((NftVerdict.Drop, Hook.Postrouting, "gnp egress-deny 0"), (remote.Verdict, remote.DroppedAt!.Value, remote.NamedRule!.Comment));
    }

    [Fact]
    public void The_priority_of_a_packet_survives_its_walk()
    {
        foreach (byte tos in (ReadOnlySpan<byte>)[0, 8, 16, 24])
        {
            Packet packet = Packets.Tcp("10.65.0.2", "10.65.0.3", 8080, sourcePort: 1000 + tos, input: "cali-a") with { TrafficClass = tos };
            Assert.Equal(tos switch { 0 => 0u, 8 => 2u, 16 => 6u, _ => 4u }, Walk().Receive(packet).State.Priority);
        }

        Assert.Equal(5u, Walk().Send(Packets.Tcp("192.0.2.1", "8.8.8.8") with { Priority = 5 }).State.Priority);
    }

    [Fact]
    public void A_forged_mark_is_cleared_by_the_first_hook() =>
        Assert.Equal(NftVerdict.Drop, Walk().Receive(Packets.Tcp("8.8.8.8", "192.0.2.1", 9100, input: "eth0") with { Mark = 0x01000000 }).Verdict);

    [Fact]
    public void A_packet_whose_identity_is_not_found_is_denied()
    {
        Load(Layout + "flush map inet kpol net4\n");
        Assert.Equal(NftVerdict.Drop, Walk().Receive(Packets.Tcp("10.65.0.2", "8.8.8.8", 443, input: "cali-a")).Verdict);
    }

    [Fact]
    public void Neighbour_discovery_reaches_a_closed_host_and_pods_cannot_advertise_routers()
    {
        Assert.Equal(NftVerdict.Accept, Walk().Receive(Packets.Icmp("fe80::1", "2001:db8:1::1", 135, input: "eth0")).Verdict);
        Packet advert = Packets.Icmp("fe80::1", "2001:db8:1::1", 134, input: "eth0") with { HopLimit = 255 };
        Assert.Equal(NftVerdict.Accept, Walk().Receive(advert).Verdict);
        Assert.Equal(NftVerdict.Drop, Walk().Receive(advert with { InputInterface = "cali-a" }).Verdict);
    }

    [Fact]
    public void A_second_generation_falls_back_when_its_timer_runs_out()
    {
        const string Two = """
            table inet two {
              set armed { typeof meta nfproto; flags timeout; elements = { ipv4 timeout 60s, ipv6 timeout 60s }; }
              chain fwd_1 { drop; }
              chain fwd_2 { accept; }
              chain h_fwd { type filter hook forward priority 0; policy accept; meta nfproto @armed goto fwd_2; goto fwd_1; }
            }
            """;
        Load(Two);
        Packet packet = Packets.Tcp("10.65.0.2", "10.65.0.3", input: "cali-a");
        Assert.Equal(NftVerdict.Accept, Walk().Receive(packet).Verdict);
        machine.Now = TimeSpan.FromMinutes(1);
        Assert.Equal(NftVerdict.Drop, Walk().Receive(packet).Verdict);
    }

    private void Load(string text) => machine = new NftMachine(NftRuleset.Parse($"{text}\n{KubeProxy}"));

    private PacketWalk Walk() => new(machine, new HostModel { Route = Route }, conntrack);

    private static RouteDecision Route(PacketState state) => PacketAddress.Format(state.Packet.Family, state.Destination) switch
    {
        "192.0.2.1" or "2001:db8:1::1" => RouteDecision.Local,
        "10.65.0.2" or "fd00:65::2" => RouteDecision.Through("cali-a"),
        "10.65.0.3" or "fd00:65::3" => RouteDecision.Through("cali-b"),
        "10.65.0.9" => RouteDecision.Through("cali-x"),
        _ => RouteDecision.Through("eth0"),
    };
}
