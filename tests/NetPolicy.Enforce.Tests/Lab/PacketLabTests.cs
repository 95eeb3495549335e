using System.Diagnostics;
using System.Net;
using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using Xunit;
using static NetPolicy.Enforce.Tests.Lab.Labs;

namespace NetPolicy.Enforce.Tests.Lab;

[Collection("named namespaces")]
public sealed class PacketLabTests
{
    public PacketLabTests() => Kernel.RequireLab();

    public static TheoryData<byte, bool> Protocols => new()
    {
        { Tcp, false }, { Udp, false }, { Sctp, false }, { Icmp, false }, { 136, false }, { 47, false }, { 50, false }, { 2, false },
        { Tcp, true }, { Udp, true }, { Sctp, true }, { IcmpV6, true }, { 136, true }, { 47, true }, { 50, true },
    };

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Without_rules_every_way_is_open(byte protocol, bool v6)
    {
        using PacketLab lab = PacketLab.Build(Small());
        (string b, string node, string client) = v6 ? ("fd00:1::2", "2001:db8:1::1", "2001:db8:ffff::9") : ("10.1.0.2", "192.0.2.1", "203.0.113.9");
        (LabProbe Probe, LabPlaceKind Kind, string Name)[] expected =
        [
            (Probe(A, b, protocol, 80), LabPlaceKind.Pod, "shop/b"),
            (Probe(A, client, protocol, 80), LabPlaceKind.Outside, "internet"),
            (Probe(A, node, protocol, 80), LabPlaceKind.Host, "n1"),
            (Probe(Host, b, protocol, 80), LabPlaceKind.Pod, "shop/b"),
            (Probe(Host, client, protocol, 80), LabPlaceKind.Outside, "internet"),
            (Probe(Host, node, protocol, 80), LabPlaceKind.Host, "n1"),
            (Probe(Internet, b, protocol, 80), LabPlaceKind.Pod, "shop/b"),
            (Probe(Internet, node, protocol, 80), LabPlaceKind.Host, "n1"),
        ];

        IReadOnlyList<LabResult> results = lab.Run([.. expected.Select(one => one.Probe)]);

        Assert.Equal(
            expected.Select(one => $"{one.Probe.Id}: Passed {one.Kind} {one.Name}"),
            results.Select(result => $"{result.Probe.Id}: {result.Verdict} {result.Place.Kind} {result.Place.Name}"));
    }

    [Theory]
    [InlineData("drop", LabVerdict.Dropped)]
    [InlineData("reject with icmpx admin-prohibited", LabVerdict.Rejected)]
    public void A_rule_in_the_forward_hook_stops_what_it_names_and_nothing_else(string verdict, LabVerdict expected)
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset($$"""
            table inet t {
              chain f {
                type filter hook forward priority 0; policy accept;
                ct state invalid counter drop
                ip saddr 10.1.0.1 ip daddr 10.1.0.2 meta l4proto { tcp, udp, sctp } th dport 80 {{verdict}}
                ip6 saddr fd00:1::1 ip6 daddr fd00:1::2 meta l4proto { tcp, udp, sctp } th dport 80 {{verdict}}
                meta l4proto { icmp, ipv6-icmp } oifname "cali00000002" {{verdict}}
              }
            }
            """);
        foreach (string b in new[] { "10.1.0.2", "fd00:1::2" })
        {
            byte icmp = b.Contains(':', StringComparison.Ordinal) ? IcmpV6 : Icmp;
            LabProbe[] probes =
            [
                Probe(A, b, Tcp, 80), Probe(A, b, Udp, 80), Probe(A, b, Sctp, 80), Probe(A, b, icmp), Probe(Internet, b, icmp),
                Probe(A, b, Tcp, 81), Probe(A, b, Udp, 81), Probe(A, b, Sctp, 81), Probe(Host, b, icmp), Probe(Host, b, Tcp, 80), Probe(Internet, b, Tcp, 80),
            ];

            IReadOnlyList<LabResult> results = lab.Run(probes);

            Assert.Equal(
                probes.Select((probe, at) => $"{probe.Id} {(at < 5 ? expected : LabVerdict.Passed)}"),
                results.Select(result => $"{result.Probe.Id} {result.Verdict}"));
        }
    }

    [Fact]
    public void A_tcp_reset_counts_as_a_rejection()
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset("table inet t { chain f { type filter hook forward priority 0; policy accept; tcp dport 80 reject with tcp reset; }; }");
        Assert.Equal(LabVerdict.Rejected, lab.Run(Probe(A, "10.1.0.2", Tcp, 80)).Verdict);
        Assert.Equal(LabVerdict.Rejected, lab.Run(Probe(Internet, "fd00:1::2", Tcp, 80)).Verdict);
        Assert.Equal(LabVerdict.Passed, lab.Run(Probe(Internet, "fd00:1::2", Tcp, 81)).Verdict);
    }

    [Theory]
    [InlineData("drop", LabVerdict.Dropped)]
    [InlineData("reject with icmpx admin-prohibited", LabVerdict.Rejected)]
    public void Input_rules_are_seen_by_what_reaches_the_inside_of_the_node(string verdict, LabVerdict expected)
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset($$"""
            table inet t {
              chain i {
                type filter hook input priority 0; policy accept;
                iifname "eth0" meta l4proto { tcp, udp, sctp } th dport 22 {{verdict}}
                iifname "cali*" icmp type echo-request {{verdict}}
              }
            }
            """);
        LabProbe[] probes =
        [
            Probe(Internet, "192.0.2.1", Tcp, 22), Probe(Internet, "2001:db8:1::1", Udp, 22), Probe(Internet, "192.0.2.1", Sctp, 22), Probe(B, "192.0.2.1", Icmp),
            Probe(Internet, "192.0.2.1", Tcp, 23), Probe(Internet, "192.0.2.1", Icmp), Probe(A, "192.0.2.1", Tcp, 22), Probe(A, "2001:db8:1::1", IcmpV6),
            Probe(Host, "192.0.2.1", Tcp, 22),
        ];

        Assert.Equal(
            probes.Select((probe, at) => $"{probe.Id} {(at < 4 ? expected : LabVerdict.Passed)}"),
            lab.Run(probes).Select(result => $"{result.Probe.Id} {result.Verdict}"));
    }

    [Theory]
    [InlineData("drop", LabVerdict.Dropped)]
    [InlineData("reject with icmpx admin-prohibited", LabVerdict.Rejected)]
    public void Output_rules_judge_what_the_node_sends(string verdict, LabVerdict expected)
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset($$"""
            table inet t {
              chain o {
                type filter hook output priority 0; policy accept;
                oifname "eth0" meta l4proto { tcp, udp, sctp } th dport 443 {{verdict}}
                oifname "cali00000001" {{verdict}}
              }
            }
            """);
        LabProbe[] probes =
        [
            Probe(Host, "203.0.113.9", Tcp, 443), Probe(Host, "2001:db8:ffff::9", Udp, 443), Probe(Host, "203.0.113.9", Sctp, 443),
            Probe(Host, "10.1.0.1", Tcp, 1), Probe(Host, "fd00:1::1", IcmpV6), Probe(Host, "10.1.0.1", Icmp),
            Probe(Host, "203.0.113.9", Tcp, 80), Probe(Host, "10.1.0.2", Tcp, 443), Probe(A, "203.0.113.9", Tcp, 443), Probe(B, "10.1.0.1", Tcp, 1),
        ];

        Assert.Equal(
            probes.Select((probe, at) => $"{probe.Id} {(at < 6 ? expected : LabVerdict.Passed)}"),
            lab.Run(probes).Select(result => $"{result.Probe.Id} {result.Verdict}"));
    }

    [Fact]
    public void Service_addresses_and_node_ports_come_out_at_the_backend()
    {
        using PacketLab lab = PacketLab.Build(Small(
            new LabService(Ip("10.96.0.10"), Tcp, 80, Ip("10.1.0.2"), 8080),
            new LabService(Ip("fd00:96::10"), Udp, 80, Ip("fd00:1::2"), 8080),
            new LabService(null, Tcp, 30080, Ip("10.1.0.2"), 8080),
            new LabService(null, Sctp, 30081, Ip("fd00:1::2"), 8081)));
        lab.LoadRuleset("table inet t { chain f { type filter hook forward priority 0; policy accept; th dport 80 drop; }; }");
        LabProbe[] probes =
        [
            Probe(A, "10.96.0.10", Tcp, 80), Probe(Host, "10.96.0.10", Tcp, 80), Probe(Internet, "10.96.0.10", Tcp, 80), Probe(B, "10.96.0.10", Tcp, 80),
            Probe(A, "fd00:96::10", Udp, 80), Probe(Internet, "192.0.2.1", Tcp, 30080), Probe(A, "192.0.2.1", Tcp, 30080), Probe(Host, "192.0.2.1", Tcp, 30080),
            Probe(Internet, "2001:db8:1::1", Sctp, 30081),
        ];

        IReadOnlyList<LabResult> results = lab.Run(probes);

        Assert.All(results, result =>
        {
            Assert.Equal((result.Probe.Id, LabVerdict.Passed, "shop/b"), (result.Probe.Id, result.Verdict, result.Place.Name));
            Assert.Equal((ushort?)(result.Probe.Protocol == Sctp ? 8081 : 8080), result.Place.Port);
        });
        Assert.Equal(LabPlaceKind.Host, lab.Run(Probe(Internet, "192.0.2.1", Udp, 30080)).Place.Kind);
    }

    [Fact]
    public void Backends_of_one_front_take_turns()
    {
        using PacketLab lab = PacketLab.Build(Small(
            new LabService(Ip("10.96.0.10"), Tcp, 80, Ip("10.1.0.1"), 1001),
            new LabService(Ip("10.96.0.10"), Tcp, 80, Ip("10.1.0.2"), 1002)));

        IReadOnlyList<LabResult> results = lab.Run([.. Enumerable.Repeat(Probe(Internet, "10.96.0.10", Tcp, 80), 6)]);

        Assert.Equal([1001, 1001, 1001, 1002, 1002, 1002], results.Select(result => (int)result.Place.Port!.Value).Order());
    }

    [Fact]
    public void Every_address_of_a_node_is_its_own_as_soon_as_the_lab_is_built()
    {
        string[] own = [.. Enumerable.Range(1, 40).Select(at => FormattableString.Invariant($"2001:db8:1::{at:x}"))];
        LabTopology topology = Small() with { Nodes = [new LabNode("n1", [Ip("192.0.2.1"), .. own.Select(Ip)])] };
        for (int times = 0; times < 10; times++)
        {
            using PacketLab lab = PacketLab.Build(topology);
            Assert.All(lab.Run([.. own.Select(address => Probe(A, address, Udp, 22))]), result => Assert.Equal((LabVerdict.Passed, LabPlaceKind.Host), (result.Verdict, result.Place.Kind)));
        }
    }

    [Fact]
    public void Backends_take_turns_in_the_order_of_probes_whoever_sends_them()
    {
        using PacketLab lab = PacketLab.Build(Small(
            new LabService(Ip("10.96.0.10"), Udp, 80, Ip("10.1.0.1"), 8080),
            new LabService(Ip("10.96.0.10"), Udp, 80, Ip("10.1.0.2"), 8080)));
        LabSource[] sources = [A, Host, Internet, Host, B];
        LabProbe[] probes = [.. Enumerable.Range(0, 4000).Select(at => Probe(sources[at % sources.Length], "10.96.0.10", Udp, 80))];

        string[] places = [.. lab.Run(probes).Select(result => $"{result.Verdict} {result.Place.Name}")];

        Assert.Equal(Enumerable.Range(0, 4000).Select(at => at % 2 == 0 ? "Passed shop/a" : "Passed shop/b"), places);
    }

    [Fact]
    public void Icmp_types_and_source_ports_are_sent_as_asked()
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset("""
            table inet t {
              chain f {
                type filter hook forward priority 0; policy accept;
                icmp type timestamp-request icmp code 3 drop
                icmpv6 type packet-too-big icmpv6 code 2 drop
                udp sport 4321 drop
              }
            }
            """);
        LabProbe[] probes =
        [
            Probe(A, "10.1.0.2", Icmp) with { IcmpType = 13, IcmpCode = 3 }, Probe(A, "fd00:1::2", IcmpV6) with { IcmpType = 2, IcmpCode = 2 },
            Probe(A, "10.1.0.2", Udp, 9) with { SourcePort = 4321 }, Probe(A, "10.1.0.2", Udp, 9) with { SourcePort = 4321 },
            Probe(A, "10.1.0.2", Icmp) with { IcmpType = 13 }, Probe(A, "fd00:1::2", IcmpV6) with { IcmpType = 2 }, Probe(A, "10.1.0.2", Udp, 9) with { SourcePort = 4322 },
            Probe(A, "10.1.0.2", Icmp) with { IcmpType = 3, IcmpCode = 1 },
        ];

        Assert.Equal(
            probes.Select((probe, at) => at < 4 ? LabVerdict.Dropped : LabVerdict.Passed),
            lab.Run(probes).Select(result => result.Verdict));
    }

    [Fact]
    public void Equal_flows_in_one_run_are_all_new_connections()
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset("""
            table inet t {
              chain f {
                type filter hook forward priority 0; policy accept;
                ct mark 7 drop
                ct state established drop
                ct state invalid drop
                ct mark set 7
              }
            }
            """);
        LabProbe there = Probe(A, "10.1.0.2", Udp, 5000) with { SourcePort = 6000 };
        LabProbe back = Probe(B, "10.1.0.1", Udp, 6000) with { SourcePort = 5000 };
        LabProbe esp = Probe(A, "10.1.0.2", 50);

        Assert.All(lab.Run([there, there, back, there, esp, esp]), result => Assert.Equal(LabVerdict.Passed, result.Verdict));
        Assert.All(lab.Run([back, there, esp]), result => Assert.Equal(LabVerdict.Passed, result.Verdict));
    }

    [Fact]
    public void Forged_sources_are_sent_as_asked()
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset("table inet t { chain f { type filter hook forward priority 0; policy accept; iifname . ip saddr != { \"cali00000001\" . 10.1.0.1 } drop; }; }");

        Assert.Equal(LabVerdict.Passed, lab.Run(Probe(A, "10.1.0.2", Udp, 9)).Verdict);
        Assert.Equal(LabVerdict.Dropped, lab.Run(Probe(A, "10.1.0.2", Udp, 9) with { SourceAddress = Ip("10.1.0.77") }).Verdict);
    }

    [Fact]
    public void A_flow_between_two_nodes_passes_only_if_both_let_it()
    {
        LabTopology topology = new(
            [new LabNode("n1", [Ip("192.0.2.1")]), new LabNode("n2", [Ip("192.0.2.2")])],
            [Pod("x/a", "n1", 1, "10.1.1.1"), Pod("x/b", "n2", 1, "10.1.2.1")],
            [],
            [new LabService(Ip("10.96.0.1"), Tcp, 80, Ip("10.1.2.1"), 8080), new LabService(null, Tcp, 30000, Ip("10.1.1.1"), 8080)]);
        using PacketLab lab = PacketLab.Build(topology);
        LabProbe direct = Probe(LabSource.FromPod("x/a"), "10.1.2.1", Tcp, 8080);
        LabProbe service = Probe(LabSource.FromPod("x/a"), "10.96.0.1", Tcp, 80);
        LabProbe host = Probe(LabSource.FromHost("n1"), "192.0.2.2", Tcp, 22);
        LabProbe turned = Probe(LabSource.FromPod("x/b"), "192.0.2.2", Tcp, 30000);
        const string Deny = "table inet t { chain f { type filter hook forward priority 0; policy accept; tcp dport 8080 drop; }; chain i { type filter hook input priority 0; policy accept; tcp dport 22 drop; }; }";
        LabProbe[] probes = [direct, service, host, turned];

        Assert.Equal(["x/b n2", "x/b n2", "n2 n2", "x/a n1"], lab.Run(probes).Select(result => $"{result.Place.Name} {result.LastNode}"));
        lab.LoadRuleset("n2", Deny);
        Assert.Equal(["Dropped n2", "Dropped n2", "Dropped n2", "Dropped n2"], lab.Run(probes).Select(result => $"{result.Verdict} {result.LastNode}"));
        lab.LoadRuleset("n2", "");
        lab.LoadRuleset("n1", Deny);
        Assert.Equal(["Dropped n1", "Dropped n1", "Passed n2", "Dropped n1"], lab.Run(probes).Select(result => $"{result.Verdict} {result.LastNode}"));
    }

    [Fact]
    public void Clients_behind_a_second_interface_come_in_and_are_reached_through_it()
    {
        LabTopology topology = new(
            [new LabNode("n1", [Ip("192.0.2.1")]) { ExtraInterfaces = [new LabInterface("eth1", [Ip("198.51.100.1")])] }],
            [Pod("x/a", "n1", 1, "10.1.0.1")],
            [new LabClient("lan", [Ip("198.51.100.9")], "eth1"), new LabClient("internet", [Ip("203.0.113.9")])],
            []);
        using PacketLab lab = PacketLab.Build(topology);
        lab.LoadRuleset("table inet t { chain f { type filter hook forward priority 0; policy accept; iifname eth1 drop; oifname eth1 drop; }; }");

        Assert.False(lab.Run(Probe(LabSource.FromClient("lan"), "10.1.0.1", Tcp, 1)).Passed);
        Assert.False(lab.Run(Probe(LabSource.FromPod("x/a"), "198.51.100.9", Tcp, 1)).Passed);
        Assert.True(lab.Run(Probe(LabSource.FromClient("internet"), "10.1.0.1", Tcp, 1)).Passed);
        Assert.True(lab.Run(Probe(LabSource.FromPod("x/a"), "203.0.113.9", Tcp, 1)).Passed);
        Assert.True(lab.Run(Probe(LabSource.FromClient("lan"), "198.51.100.1", Tcp, 1)).Passed);
        Assert.True(lab.Run(Probe(LabSource.FromClient("lan"), "10.1.0.1", Tcp, 1) with { EnterInterface = "eth0" }).Passed);
    }

    [Fact]
    public void Refused_rules_are_reported_with_command_output_and_input()
    {
        using PacketLab lab = PacketLab.Build(Small());
        LabException exception = Assert.Throws<LabException>(() => lab.LoadRuleset("table inet t {\n  chain c { frobnicate; }\n}"));
        Assert.Equal("nft -f -", exception.Command);
        Assert.Contains("frobnicate", exception.Output, StringComparison.Ordinal);
        Assert.Contains(":2:", exception.Output, StringComparison.Ordinal);
        Assert.StartsWith("table inet t {", exception.Input, StringComparison.Ordinal);

        lab.LoadRuleset("");
        Assert.True(lab.Run(Probe(A, "192.0.2.1", Tcp, 1)).Passed);
    }

    [Fact]
    public void Probes_that_name_nothing_are_refused()
    {
        using PacketLab lab = PacketLab.Build(Small());
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(default, "10.1.0.2", Tcp, 1)));
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(LabSource.FromPod("shop/c"), "10.1.0.2", Tcp, 1)));
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(A, "10.1.0.2", IcmpV6)));
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(A, "fd00:1::2", 44)));
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(A, "10.1.0.2", Tcp, 1) with { SourceAddress = Ip("::1") }));
    }

    [Fact]
    public void Ten_thousand_random_flows_get_the_verdict_of_the_rules()
    {
        const int Pods = 20;
        LabTopology topology = new(
            [new LabNode("n1", [Ip("192.0.2.1"), Ip("2001:db8:1::1")])],
            [.. Enumerable.Range(1, Pods).Select(at => Pod($"x/p{at}", "n1", at, $"10.1.0.{at}", $"fd00:1::{at:x}"))],
            [new LabClient("internet", [Ip("203.0.113.9"), Ip("2001:db8:ffff::9")])],
            []);
        long started = Stopwatch.GetTimestamp();
        using PacketLab lab = PacketLab.Build(topology);
        TimeSpan built = Stopwatch.GetElapsedTime(started);
        HashSet<(int, int, byte, int)> allowed = [];
        Random random = new(7);
        byte[] protocols = [Tcp, Udp, Sctp];
        while (allowed.Count < 2000)
        {
            allowed.Add((random.Next(Pods + 1), 1 + random.Next(Pods), protocols[random.Next(3)], 80 + random.Next(4)));
        }

        string Source(int at, bool v6) => at == 0 ? (v6 ? "2001:db8:ffff::9" : "203.0.113.9") : v6 ? $"fd00:1::{at:x}" : $"10.1.0.{at}";
        string Elements(bool v6) => string.Join(", ", allowed.Select(one => $"{Source(one.Item1, v6)} . {Source(one.Item2, v6)} . {one.Item3} . {one.Item4}"));
        started = Stopwatch.GetTimestamp();
        lab.LoadRuleset($$"""
            table inet t {
              set a4 { type ipv4_addr . ipv4_addr . inet_proto . inet_service; elements = { {{Elements(v6: false)}} }; }
              set a6 { type ipv6_addr . ipv6_addr . inet_proto . inet_service; elements = { {{Elements(v6: true)}} }; }
              chain f {
                type filter hook forward priority 0; policy accept;
                ct state invalid drop
                ct state established,related accept
                ip saddr . ip daddr . meta l4proto . th dport @a4 accept
                ip6 saddr . ip6 daddr . meta l4proto . th dport @a6 accept
                drop
              }
            }
            """);
        TimeSpan loaded = Stopwatch.GetElapsedTime(started);
        List<LabProbe> probes = [];
        List<LabVerdict> expected = [];
        for (int at = 0; at < 10_000; at++)
        {
            (int from, int to, byte protocol, int port) = (random.Next(Pods + 1), 1 + random.Next(Pods), protocols[random.Next(3)], 80 + random.Next(4));
            LabSource source = from == 0 ? Internet : LabSource.FromPod($"x/p{from}");
            probes.Add(Probe(source, Source(to, random.Next(2) == 0), protocol, (ushort)port));
            expected.Add(allowed.Contains((from, to, protocol, port)) ? LabVerdict.Passed : LabVerdict.Dropped);
        }

        started = Stopwatch.GetTimestamp();
        IReadOnlyList<LabResult> results = lab.Run(probes);
        TimeSpan ran = Stopwatch.GetElapsedTime(started);

        Assert.Equal(expected, results.Select(result => result.Verdict));
        Assert.All(results.Where(result => result.Passed), result => Assert.Equal(result.Probe.Destination, result.Place.Address));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"built {built.TotalMilliseconds:F0} ms, loaded {loaded.TotalMilliseconds:F0} ms, {probes.Count} flows in {ran.TotalMilliseconds:F0} ms, passed {results.Count(result => result.Passed)}");
    }

    [Fact]
    public async Task Verdicts_hold_while_rules_are_replaced_under_the_packets()
    {
        using PacketLab lab = PacketLab.Build(Small());

        // No anonymous sets: their elements turn invisible the moment a rule is replaced, also to packets that are still walking the old rule.
        const string Body = "ct state established,related accept; th dport 80 accept; th dport 81 accept; drop;";
        lab.LoadRuleset("table inet t { chain f { type filter hook forward priority 0; policy accept; " + Body + " }; }");
        List<LabProbe> probes = [.. Enumerable.Range(0, 4000).Select(at => Probe(at % 2 == 0 ? A : Internet, at % 3 == 0 ? "fd00:1::2" : "10.1.0.2", at % 5 == 0 ? Udp : Tcp, (ushort)(80 + (at % 4))))];
        using CancellationTokenSource end = new();
        int replaced = 0;
        Task replacing = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    lab.ApplyRuleset("n1", "flush chain inet t f\nadd rule inet t f " + Body.TrimEnd(';').Replace("; ", "\nadd rule inet t f ", StringComparison.Ordinal));
                    replaced++;
                }
            },
            TestContext.Current.CancellationToken);

        List<LabResult> results = [];
        for (int round = 0; round < 5 || replaced < 10; round++)
        {
            results.AddRange(lab.Run(probes));
        }

        await end.CancelAsync();
        await replacing;
        TestContext.Current.TestOutputHelper?.WriteLine($"{results.Count} flows, {replaced} replacements");
        Assert.DoesNotContain(results, result => result.Passed != (result.Probe.DestinationPort is 80 or 81));
    }

    [Fact]
    public void Many_labs_run_side_by_side()
    {
        Parallel.For(0, 12, at =>
        {
            using PacketLab lab = PacketLab.Build(Small());
            lab.LoadRuleset($"table inet t {{ chain f {{ type filter hook forward priority 0; policy accept; tcp dport {1000 + at} drop; }}; }}");
            LabProbe[] probes = [.. Enumerable.Range(0, 12).Select(port => Probe(A, "10.1.0.2", Tcp, (ushort)(1000 + port)))];
            Assert.Equal(Enumerable.Range(0, 12).Select(port => port != at), lab.Run(probes).Select(result => result.Passed));
        });
    }

    [Fact]
    public void Deleting_the_labs_own_tables_is_noticed()
    {
        using PacketLab lab = PacketLab.Build(Small());
        lab.ApplyRuleset("n1", "flush ruleset");
        Assert.Throws<LabException>(() => lab.Run(Probe(Internet, "192.0.2.1", Tcp, 22)));
        lab.LoadRuleset("");
        Assert.True(lab.Run(Probe(Internet, "192.0.2.1", Tcp, 22)).Passed);
    }

    [Fact]
    public void Contradictory_topologies_are_refused()
    {
        LabTopology small = Small();
        Assert.Throws<ArgumentException>(() => PacketLab.Build(small with { Nodes = [] }));
        Assert.Throws<ArgumentException>(() => PacketLab.Build(small with { Pods = [small.Pods[0], small.Pods[0]] }));
        Assert.Throws<ArgumentException>(() => PacketLab.Build(small with { Pods = [small.Pods[0], small.Pods[1] with { Interface = small.Pods[0].Interface }] }));
        Assert.Throws<ArgumentException>(() => PacketLab.Build(small with { Pods = [small.Pods[0] with { Node = "n9" }] }));
        Assert.Throws<ArgumentException>(() => PacketLab.Build(small with { Pods = [small.Pods[0] with { Interface = "a; reboot" }] }));
        Assert.Throws<ArgumentException>(() => PacketLab.Build(small with { Services = [new LabService(Ip("10.96.0.1"), Tcp, 80, Ip("fd00:1::1"), 80)] }));
        Assert.Throws<ArgumentException>(() => PacketLab.Build(small with { Services = [new LabService(Ip("10.96.0.1"), Icmp, 80, Ip("10.1.0.1"), 80)] }));
    }

    [Fact]
    public void Labs_are_cheap_to_build_and_leave_nothing_behind()
    {
        string[] before = Names();
        long started = Stopwatch.GetTimestamp();
        for (int at = 0; at < 20; at++)
        {
            using PacketLab lab = PacketLab.Build(Small());
            Assert.True(lab.Run(Probe(A, "10.1.0.2", Tcp, 80)).Passed);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds / 20:F0} ms per lab");
        Assert.Equal(before, Names());
    }

    // Whoever else makes namespaces with names is in the same collection, so that nobody does meanwhile.
    private static string[] Names() => Directory.Exists("/run/netns")
        ? [.. Directory.GetFiles("/run/netns", NetworkNamespace.Prefix + Environment.ProcessId + "-*").Order(StringComparer.Ordinal)]
        : [];
}
