using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.Tests.Simulation;
using NetPolicy.Engine;
using Xunit;
using Packet = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>What becomes of packets that the engine does not speak of: later ones of a connection, errors, spoofed and unknown senders, housekeeping.</summary>
public sealed class ConnectionTests
{
    private const string KubeProxy = """
        table ip kproxy {
          chain pre { type nat hook prerouting priority dstnat; ip daddr 192.0.2.1 tcp dport 30443 dnat to 172.20.1.10:8080; ip daddr 10.96.0.9 tcp dport 80 dnat to 172.20.1.10:8080; }
          chain out { type nat hook output priority -100; ip daddr 10.96.0.1 tcp dport 80 dnat to 172.20.1.12:80; ip daddr 10.96.0.2 tcp dport 80 dnat to 198.51.100.5:8081; }
        }
        """;

    private static readonly string s_web = InterfaceNames.Of("shop", "web"), s_api = InterfaceNames.Of("shop", "api"), s_db = InterfaceNames.Of("shop", "db");
    private readonly ConntrackTable _conntrack = new();
    private NftMachine _machine = null!;

    [Fact]
    public void An_accepted_connection_is_marked_and_its_answers_pass()
    {
        Load("kubernetes");
        Packet packet = Packets.Tcp("172.20.1.11", "172.20.1.10", 8080, input: s_api);
        Assert.Equal(0x0001_0000u, Receive(packet).State.Connection!.Mark);
        Assert.Null(Receive(packet).NamedRule);
        Assert.Equal(NftVerdict.Accept, Receive(packet.Answer(s_web)).Verdict);
    }

    [Fact]
    public void A_new_generation_judges_again_and_leaves_other_peoples_marks_alone()
    {
        Load("kubernetes");
        Packet packet = Packets.Tcp("172.20.1.11", "172.20.1.10", 8080, input: s_api);
        Receive(packet);
        Receive(packet.Answer(s_web));
        Connection connection = Assert.Single(_conntrack.Connections);
        connection.Mark |= 0x80;

        Load("kubernetes", text => text.Replace("app: api", "app: nobody", StringComparison.Ordinal), generation: 2);
        Assert.Equal(NftVerdict.Accept, Receive(packet.Answer(s_web)).Verdict);
        Assert.Equal(NftVerdict.Drop, Receive(packet).Verdict);
        Assert.Equal(0x4000_0080u, connection.Mark);
        Assert.Equal(NftVerdict.Drop, Receive(packet.Answer(s_web)).Verdict);
        Packet error = Packets.Icmp("172.20.1.10", "172.20.1.11", 3, 3, s_web) with { Inner = packet };
        Assert.Equal(NftVerdict.Drop, Receive(error).Verdict);

        Load("kubernetes", generation: 3);
        Assert.Equal(NftVerdict.Accept, Receive(packet).Verdict);
        Assert.Equal(0x0003_0080u, connection.Mark);
        Assert.Equal(NftVerdict.Accept, Receive(error).Verdict);
    }

    [Fact]
    public void Without_marks_established_connections_go_on()
    {
        Load("kubernetes", options: new EnforcementOptions { ConnectionMarkMask = 0 });
        Packet packet = Packets.Tcp("172.20.1.11", "172.20.1.10", 8080, input: s_api);
        Assert.Equal(0u, Receive(packet).State.Connection!.Mark);
        Assert.Equal(NftVerdict.Accept, Receive(packet.Answer(s_web)).Verdict);
        Load("kubernetes", text => text.Replace("app: api", "app: nobody", StringComparison.Ordinal), options: new EnforcementOptions { ConnectionMarkMask = 0 });
        Assert.Equal(NftVerdict.Accept, Receive(packet).Verdict);
        Assert.Equal(NftVerdict.Drop, Receive(Packets.Tcp("172.20.1.11", "172.20.1.10", 8080, sourcePort: 1234, input: s_api)).Verdict);
    }

    [Theory]
    [InlineData("172.20.1.99", "203.0.113.9", "web", "netpol spoofed source")]
    [InlineData("172.20.1.99", "203.0.113.9", "calinew", "netpol unknown workload")]
    [InlineData("172.20.1.99", "172.20.1.12", "eth0", "netpol unknown workload")]
    [InlineData("172.20.1.12", "172.20.1.99", "db", "netpol unknown workload")]
    [InlineData("203.0.113.9", "172.20.1.99", "eth0", "netpol unknown workload")]
    [InlineData("172.20.1.99", "192.0.2.1", "calinew", "netpol unknown workload")]
    public void Spoofed_and_unknown_workloads_are_closed(string source, string destination, string input, string rule)
    {
        Load("empty");
        WalkOutcome outcome = Receive(Packets.Tcp(source, destination, input: input is "eth0" or "calinew" ? input : InterfaceNames.Of("shop", input)));
        Assert.Equal((NftVerdict.Drop, rule), (outcome.Verdict, outcome.NamedRule?.Comment));
    }

    [Fact]
    public void Unknown_workloads_can_be_left_alone()
    {
        Load("empty", options: new EnforcementOptions { UnknownPods = UnknownPods.Open });
        WalkOutcome outcome = Receive(Packets.Tcp("172.20.1.99", "203.0.113.9", input: "calinew"));
        Assert.Equal((NftVerdict.Accept, 0u), (outcome.Verdict, outcome.State.Connection!.Mark));
    }

    [Fact]
    public void Packets_that_meet_no_endpoint_pass_unmarked()
    {
        Load("kubernetes");
        WalkOutcome outcome = Receive(Packets.Tcp("203.0.113.9", "198.51.100.5", input: "eth0"));
        Assert.Equal((NftVerdict.Accept, 0u, 0u), (outcome.Verdict, outcome.State.Connection!.Mark, outcome.State.Mark));
        Assert.Equal(NftVerdict.Accept, Send(Packets.Tcp("192.0.2.1", "172.20.1.12")).Verdict);
    }

    [Fact]
    public void A_pod_reaches_itself_through_a_Service_whatever_policy_says()
    {
        Load("kubernetes");
        Assert.Equal(NftVerdict.Accept, Receive(Packets.Tcp("172.20.1.10", "10.96.0.9", input: s_web)).Verdict);
        Assert.Equal(NftVerdict.Drop, Receive(Packets.Tcp("172.20.1.10", "172.20.1.11", 8080, input: s_web)).Verdict);
    }

    [Fact]
    public void The_priority_of_a_packet_survives_its_walk()
    {
        Load("kubernetes");
        foreach (byte tos in (ReadOnlySpan<byte>)[0, 8, 16, 24])
        {
            Packet packet = Packets.Tcp("172.20.1.11", "172.20.1.10", 8080, sourcePort: 1000 + tos, input: s_api) with { TrafficClass = tos };
            Assert.Equal(tos switch { 0 => 0u, 8 => 2u, 16 => 6u, _ => 4u }, Receive(packet).State.Priority);
        }
    }

    [Fact]
    public void Host_traffic_to_Services_is_judged_after_translation()
    {
        Load("host");
        WalkOutcome local = Send(Packets.Tcp("192.0.2.1", "10.96.0.1"));
        Assert.Equal((NftVerdict.Accept, s_db), (local.Verdict, local.State.OutputInterface));
        WalkOutcome remote = Send(Packets.Tcp("192.0.2.1", "10.96.0.2"));
        Assert.Equal((NftVerdict.Drop, Hook.Postrouting, "gnp normal egress 0"), (remote.Verdict, remote.DroppedAt!.Value, remote.NamedRule!.Comment));
    }

    [Fact]
    public void What_is_allowed_before_translation_skips_later_host_stages_but_no_workload_policy()
    {
        Load("host", text => text + "\n---\n" + PolicyCases.All["kubernetes"]);
        Assert.Equal(NftVerdict.Accept, Receive(Packets.Tcp("10.1.2.3", "192.0.2.1", 81, input: "eth0")).Verdict);
        Assert.Equal(NftVerdict.Drop, Receive(Packets.Tcp("203.0.113.9", "192.0.2.1", 81, input: "eth0")).Verdict);
        WalkOutcome forwarded = Receive(Packets.Tcp("10.1.2.3", "192.0.2.1", 30443, input: "eth0"));
        Assert.Equal((NftVerdict.Drop, "np shop/web ingress default"), (forwarded.Verdict, forwarded.NamedRule?.Comment));
    }

    [Fact]
    public void A_forged_packet_mark_is_cleared()
    {
        Load("host");
        Assert.Equal(NftVerdict.Drop, Receive(Packets.Tcp("203.0.113.9", "192.0.2.1", 81, input: "eth0") with { Mark = 0x0100_0000 }).Verdict);
    }

    [Fact]
    public void Untracked_packets_keep_no_connection_and_need_a_rule_each_way()
    {
        Load("host");
        Packet packet = Packets.Tcp("203.0.113.9", "192.0.2.1", 9200, input: "eth0");
        Assert.Equal((NftVerdict.Accept, ConntrackState.Untracked), (Receive(packet).Verdict, Receive(packet).State.State));
        WalkOutcome answer = Send(packet.Answer(null));
        Assert.Equal((NftVerdict.Accept, ConntrackState.Untracked), (answer.Verdict, answer.State.State));
        Assert.Empty(_conntrack.Connections);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("host-all")]
    public void Neighbour_discovery_passes_a_closed_host_and_pods_advertise_no_routers(string name)
    {
        Load(name, text => text.Replace("{action: Deny, protocol: TCP, destination: {ports: [30080]}}", "{action: Deny}", StringComparison.Ordinal));
        Assert.Equal(NftVerdict.Accept, Receive(Packets.Icmp("fe80::1", "2001:db8::1", 135, input: "eth0") with { HopLimit = 255 }).Verdict);
        Packet advert = Packets.Icmp("fe80::1", "2001:db8::1", 134, input: "eth0") with { HopLimit = 255 };
        Assert.Equal(NftVerdict.Accept, Receive(advert).Verdict);
        Assert.Equal(NftVerdict.Drop, Receive(advert with { InputInterface = s_web }).Verdict);
        Assert.Equal(NftVerdict.Accept, Send(Packets.Icmp("2001:db8::1", "fe80::1", 136)).Verdict);
    }

    [Fact]
    public void Loopback_is_policed_under_an_endpoint_of_all_interfaces_at_both_hooks()
    {
        Load("host-all");
        Assert.Equal(NftVerdict.Accept, Send(Packets.Tcp("192.0.2.1", "192.0.2.1", 9100)).Verdict);
        WalkOutcome input = Receive(Packets.Tcp("192.0.2.1", "192.0.2.1", 9101, sourcePort: 41000, input: "lo"));
        Assert.Equal(NftVerdict.Drop, input.Verdict);
        WalkOutcome output = Send(Packets.Tcp("192.0.2.1", "192.0.2.1", 8081, sourcePort: 41001));
        Assert.Equal((NftVerdict.Drop, Hook.Output), (output.Verdict, output.DroppedAt!.Value));
    }

    [Fact]
    public void Loopback_is_free_without_one()
    {
        Load("host");
        Assert.Equal(NftVerdict.Accept, Send(Packets.Tcp("192.0.2.1", "192.0.2.1", 8081)).Verdict);
        Assert.Equal(NftVerdict.Accept, Receive(Packets.Tcp("192.0.2.1", "192.0.2.1", 1, sourcePort: 41000, input: "lo")).Verdict);
    }

    [Fact]
    public void A_packet_whose_identity_is_not_found_is_denied_even_where_the_default_allows()
    {
        Load("calico", options: EnforcementOptions.Default, after: "flush map inet netpol net4_1\n");
        Assert.Equal(NftVerdict.Drop, Receive(Packets.Tcp("172.20.1.12", "203.0.113.9", 443, input: s_db)).Verdict);
    }

    private void Load(
        string name, Func<string, string>? change = null, EnforcementOptions? options = null, int generation = 1, string after = "")
    {
        Snapshot snapshot = Worlds.Of((change ?? (text => text))(PolicyCases.All[name]));
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, "node1", options);
        _machine = new NftMachine(NftRuleset.Parse($"{NftWriter.Write(ruleset, generation)}\n{after}\n{KubeProxy}"));
    }

    private WalkOutcome Receive(Packet packet) => Walk().Receive(packet);

    private WalkOutcome Send(Packet packet) => Walk().Send(packet);

    private PacketWalk Walk() => new(_machine, new HostModel { Route = Route }, _conntrack);

    private static RouteDecision Route(PacketState state) => PacketAddress.Format(state.Packet.Family, state.Destination) switch
    {
        "192.0.2.1" or "2001:db8::1" => RouteDecision.Local,
        "172.20.1.10" or "fd20:0:0:1::10" => RouteDecision.Through(s_web),
        "172.20.1.11" => RouteDecision.Through(s_api),
        "172.20.1.12" => RouteDecision.Through(s_db),
        "172.20.1.99" => RouteDecision.Through("calinew"),
        _ => RouteDecision.Through("eth0"),
    };
}
