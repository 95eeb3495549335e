using System.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using Xunit;
using static NetPolicy.Enforce.Tests.Lab.Labs;

namespace NetPolicy.Enforce.Tests.Lab;

public sealed class SocketLabTests
{
    private static readonly LabOptions s_quick = new() { Patience = TimeSpan.FromMilliseconds(1500) };

    public SocketLabTests() => Kernel.RequireLab();

    [Fact]
    public void Without_rules_a_connection_of_every_kind_is_answered()
    {
        long started = Stopwatch.GetTimestamp();
        using SocketLab lab = SocketLab.Build(Small(
            new LabService(Ip("10.96.0.10"), Tcp, 80, Ip("10.1.0.2"), 8080),
            new LabService(Ip("fd00:96::10"), Udp, 80, Ip("fd00:1::2"), 8080),
            new LabService(null, Tcp, 30080, Ip("10.1.0.2"), 8080),
            new LabService(null, Udp, 30080, Ip("10.1.0.2"), 8080)));
        TestContext.Current.TestOutputHelper?.WriteLine($"built in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        (LabProbe Probe, string Place)[] expected =
        [
            .. new[] { Tcp, Udp }.SelectMany(protocol => new (LabProbe, string)[]
            {
                (Probe(A, "10.1.0.2", protocol, 80), "Pod shop/b 10.1.0.2 80"),
                (Probe(A, "fd00:1::2", protocol, 80), "Pod shop/b fd00:1::2 80"),
                (Probe(A, "203.0.113.9", protocol, 443), "Outside internet 203.0.113.9 443"),
                (Probe(B, "2001:db8:ffff::9", protocol, 443), "Outside internet 2001:db8:ffff::9 443"),
                (Probe(Internet, "10.1.0.2", protocol, 80), "Pod shop/b 10.1.0.2 80"),
                (Probe(Internet, "192.0.2.1", protocol, 22), "Host n1 192.0.2.1 22"),
                (Probe(Internet, "2001:db8:1::1", protocol, 22), "Host n1 2001:db8:1::1 22"),
                (Probe(Internet, "192.0.2.1", protocol, 30080), "Pod shop/b 10.1.0.2 8080"),
                (Probe(A, "192.0.2.1", protocol, 30080), "Pod shop/b 10.1.0.2 8080"),
                (Probe(A, "192.0.2.1", protocol, 22), "Host n1 192.0.2.1 22"),
                (Probe(Host, "10.1.0.1", protocol, 80), "Pod shop/a 10.1.0.1 80"),
                (Probe(Host, "fd00:1::1", protocol, 80), "Pod shop/a fd00:1::1 80"),
                (Probe(Host, "203.0.113.9", protocol, 443), "Outside internet 203.0.113.9 443"),
                (Probe(Host, "192.0.2.1", protocol, 30080), "Pod shop/b 10.1.0.2 8080"),
                (Probe(Host, "192.0.2.1", protocol, 22), "Host n1 192.0.2.1 22"),
            }),
            (Probe(A, "10.96.0.10", Tcp, 80), "Pod shop/b 10.1.0.2 8080"),
            (Probe(A, "fd00:96::10", Udp, 80), "Pod shop/b fd00:1::2 8080"),
            (Probe(Host, "10.96.0.10", Tcp, 80), "Pod shop/b 10.1.0.2 8080"),
            (Probe(Internet, "10.96.0.10", Tcp, 80) with { SourcePort = 4444 }, "Pod shop/b 10.1.0.2 8080"),
        ];

        IReadOnlyList<LabResult> results = lab.Run([.. expected.Select(one => one.Probe)]);

        Assert.Equal(
            expected.Select(one => $"{one.Probe.Id}: Passed {one.Place}"),
            results.Select(result => $"{result.Probe.Id}: {result.Verdict} {result.Place.Kind} {result.Place.Name} {result.Place.Address} {result.Place.Port}"));
    }

    [Theory]
    [InlineData("drop", LabVerdict.Dropped)]
    [InlineData("reject with icmpx admin-prohibited", LabVerdict.Rejected)]
    public void Rules_stop_what_they_name_and_the_packet_lab_agrees(string verdict, LabVerdict expected)
    {
        LabTopology topology = Small(new LabService(null, Tcp, 30080, Ip("10.1.0.2"), 8080));
        string rules = $$"""
            table inet t {
              chain f { type filter hook forward priority 0; policy accept; ct state established accept; meta l4proto { tcp, udp } th dport { 81, 8080 } {{verdict}}
              }
              chain i { type filter hook input priority 0; policy accept; ct state established accept; meta l4proto { tcp, udp } th dport 22 {{verdict}}
              }
              chain o { type filter hook output priority 0; policy accept; ct state established accept; meta l4proto { tcp, udp } th dport 443 {{verdict}}
              }
            }
            """;
        using SocketLab lab = SocketLab.Build(topology, s_quick);
        using PacketLab packets = PacketLab.Build(topology);
        lab.LoadRuleset(rules);
        packets.LoadRuleset(rules);
        LabProbe[] probes =
        [
            .. new[] { Tcp, Udp }.SelectMany(protocol => new[]
            {
                Probe(A, "10.1.0.2", protocol, 81), Probe(A, "fd00:1::2", protocol, 81), Probe(Internet, "10.1.0.1", protocol, 81), Probe(A, "203.0.113.9", protocol, 81),
                Probe(Internet, "192.0.2.1", protocol, 22), Probe(B, "2001:db8:1::1", protocol, 22), Probe(Host, "203.0.113.9", protocol, 443), Probe(Host, "fd00:1::1", protocol, 443),
            }),
            Probe(Internet, "192.0.2.1", Tcp, 30080),
            .. new[] { Tcp, Udp }.SelectMany(protocol => new[]
            {
                Probe(A, "10.1.0.2", protocol, 82), Probe(Host, "10.1.0.1", protocol, 81), Probe(Internet, "192.0.2.1", protocol, 23),
                Probe(Host, "203.0.113.9", protocol, 80), Probe(Internet, "fd00:1::1", protocol, 22), Probe(A, "203.0.113.9", protocol, 443),
            }),
        ];

        IReadOnlyList<LabResult> results = lab.Run(probes);

        Assert.Equal(
            probes.Select((probe, at) => $"{probe.Id} {(at < 17 ? expected : LabVerdict.Passed)}"),
            results.Select(result => $"{result.Probe.Id} {result.Verdict}"));
        Assert.Equal(
            results.Select(result => $"{result.Probe.Id} {result.Verdict}"),
            packets.Run(probes).Select(result => $"{result.Probe.Id} {result.Verdict}"));
    }

    [Fact]
    public void A_rejection_is_told_without_a_second_attempt()
    {
        using SocketLab lab = SocketLab.Build(Small(), new LabOptions { Patience = TimeSpan.FromMilliseconds(300) });
        lab.LoadRuleset("table inet t { chain o { type filter hook output priority 0; policy accept; th dport 443 reject with icmpx admin-prohibited; }; }");

        Assert.All(
            lab.Run([.. Enumerable.Repeat(Probe(Host, "fd00:1::1", Tcp, 443), 20), .. Enumerable.Repeat(Probe(Host, "203.0.113.9", Tcp, 443), 20)]),
            result => Assert.Equal(LabVerdict.Rejected, result.Verdict));
    }

    [Fact]
    public void A_connection_whose_answers_are_dropped_has_not_passed()
    {
        using SocketLab lab = SocketLab.Build(Small(), s_quick);
        lab.LoadRuleset("table inet t { chain f { type filter hook forward priority 0; policy accept; ct direction reply drop; }; }");

        Assert.All(
            lab.Run([Probe(A, "10.1.0.2", Tcp, 80), Probe(A, "10.1.0.2", Udp, 80), Probe(A, "fd00:1::2", Udp, 80)]),
            result => Assert.Equal(LabVerdict.Dropped, result.Verdict));
    }

    [Fact]
    public void An_established_connection_lives_on_while_rules_let_it()
    {
        using SocketLab lab = SocketLab.Build(Small(), s_quick);
        lab.LoadRuleset("table inet t { chain f { type filter hook forward priority 0; policy accept; ct state invalid drop; }; }");
        using LabConnection tcp = lab.Open(Probe(A, "10.1.0.2", Tcp, 80));
        using LabConnection udp = lab.Open(Probe(Internet, "10.1.0.2", Udp, 80));
        Assert.True(tcp.Result.Passed && udp.Result.Passed);
        Assert.True(tcp.Echo() && udp.Echo());

        lab.ApplyRuleset("n1", "add rule inet t f ct state established counter accept comment \"kept\"\nadd rule inet t f drop");
        Assert.True(tcp.Echo() && udp.Echo());
        Assert.False(lab.Run(Probe(A, "10.1.0.2", Tcp, 80)).Passed);
        Assert.True(lab.ReadCounters("n1")["kept"] >= 4);

        lab.ApplyRuleset("n1", "flush chain inet t f\nadd rule inet t f drop");
        Assert.False(tcp.Echo(Kernel.Silence));
        Assert.False(udp.Echo(Kernel.Silence));
    }

    [Fact]
    public void Nodes_and_second_interfaces_are_joined_outside()
    {
        LabTopology topology = new(
            [
                new LabNode("n1", [Ip("192.0.2.1"), Ip("2001:db8:1::1")]) { ExtraInterfaces = [new LabInterface("eth1", [Ip("198.51.100.1")])] },
                new LabNode("n2", [Ip("192.0.2.2"), Ip("2001:db8:1::2")]),
            ],
            [Pod("x/a", "n1", 1, "10.1.1.1", "fd00:1::1"), Pod("x/b", "n2", 1, "10.1.2.1", "fd00:2::1")],
            [new LabClient("lan", [Ip("198.51.100.9")], "eth1"), new LabClient("internet", [Ip("203.0.113.9")])],
            [new LabService(Ip("10.96.0.1"), Tcp, 80, Ip("10.1.2.1"), 8080), new LabService(null, Tcp, 30000, Ip("10.1.1.1"), 8080)]);
        using SocketLab lab = SocketLab.Build(topology, s_quick);
        LabProbe[] probes =
        [
            Probe(LabSource.FromPod("x/a"), "10.1.2.1", Tcp, 8080), Probe(LabSource.FromPod("x/a"), "fd00:2::1", Udp, 8080),
            Probe(LabSource.FromPod("x/a"), "10.96.0.1", Tcp, 80), Probe(LabSource.FromHost("n1"), "192.0.2.2", Tcp, 22),
            Probe(LabSource.FromPod("x/b"), "192.0.2.1", Tcp, 30000), Probe(LabSource.FromClient("lan"), "10.1.1.1", Tcp, 1),
            Probe(LabSource.FromPod("x/a"), "198.51.100.9", Udp, 1), Probe(LabSource.FromClient("lan"), "192.0.2.2", Udp, 1),
        ];
        Assert.All(lab.Run(probes), result => Assert.Equal((result.Probe.Id, LabVerdict.Passed), (result.Probe.Id, result.Verdict)));

        lab.LoadRuleset("n1", "table inet t { chain f { type filter hook forward priority 0; policy accept; iifname eth1 drop; oifname eth1 drop; }; }");
        Assert.Equal(
            [true, true, true, true, true, false, false, true],
            lab.Run(probes).Select(result => result.Passed));
    }

    [Fact]
    public void Probes_that_sockets_cannot_make_are_refused()
    {
        using SocketLab lab = SocketLab.Build(Small(), s_quick);
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(A, "10.1.0.2", Sctp, 1)));
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(A, "10.1.0.77", Tcp, 1)));
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(A, "10.1.0.2", Tcp, 1) with { SourceAddress = Ip("10.1.0.77") }));
        Assert.Throws<ArgumentException>(() => lab.Run(Probe(default, "10.1.0.2", Tcp, 1)));
    }
}
