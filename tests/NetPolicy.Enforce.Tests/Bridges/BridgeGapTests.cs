using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using Xunit;

namespace NetPolicy.Enforce.Tests.Bridges;

/// <summary>Where workloads behind a bridge cannot be enforced, applying is refused, with the reason.</summary>
public sealed class BridgeGapTests
{
    private static readonly PodBridge s_bridge = new("cni0", [Port("va", 2), Port("vb", 3)]);

    [Fact]
    public void Bridged_workloads_whose_bridge_hands_packets_to_the_rules_have_no_gap() => Assert.Empty(Find(Host(), Filters()));

    [Theory]
    [InlineData("ip6", "bridge `cni0`: packets between its ports meet no rule: `net.bridge.bridge-nf-call-iptables` is 0, expected 1 (IPv4)")]
    [InlineData("ip", "bridge `cni0`: packets between its ports meet no rule: `net.bridge.bridge-nf-call-ip6tables` is 0, expected 1 (IPv6)")]
    public void A_family_that_is_not_handed_to_the_rules_is_refused(string filtered, string message)
    {
        EnforcementGap gap = Assert.Single(Find(Host(), Filters() with { BridgedPacketsAreFiltered = [filtered] }));
        Assert.Equal(("bridge:cni0", "NP5017", DiagnosticSeverity.Error, message), (gap.Name, gap.Finding.Id, gap.Finding.Severity, gap.Finding.Message));
        Assert.True(gap.IsAccepted(["bridge:cni0"]));
        Assert.True(gap.IsAccepted(["bridge"]));
    }

    [Fact]
    public void A_kernel_without_the_module_is_refused() => Assert.Equal(
        "bridge `cni0`: packets between its ports meet no rule: `br_netfilter` is not loaded, expected `modprobe br_netfilter` when the machine starts",
        Assert.Single(Find(Host(), Filters() with { HasBridgeFilter = false, BridgedPacketsAreFiltered = [] })).Finding.Message);

    [Fact]
    public void A_bridge_that_is_none_or_is_not_there_is_refused()
    {
        Assert.Contains("bridge `br9`: there is no such interface", Find(Host(), Filters(), bridge: s_bridge with { Name = "br9" }).Select(g => g.Finding.Message));
        Assert.Contains("bridge `eth0`: it is no bridge", Find(Host(), Filters(), bridge: s_bridge with { Name = "eth0" }).Select(g => g.Finding.Message));
    }

    [Fact]
    public void A_port_to_other_machines_is_refused_because_it_would_be_closed() => Assert.Equal(
        "bridge `cni0`: its port `eth1` is no workload's, so that whatever comes by it is closed as of an unknown workload",
        Assert.Single(Find(Host(new HostInterface(20, "eth1", "", true, "cni0", false, [])), Filters())).Finding.Message);

    [Theory]
    [InlineData("", "it is behind bridge `cni0`, and no port of it is known to have 10.244.0.2")]
    [InlineData("va 00:00:00:00:00:00 10.244.0.2", "the link-layer address behind port `va` of bridge `cni0` is not known")]
    [InlineData("va 02:00:00:00:00:03 10.244.0.2", "02:00:00:00:00:03 is behind port `va` of bridge `cni0` and behind another one")]
    [InlineData("va 02:00:00:00:00:02 10.244.0.2 10.244.0.3", "its address is behind another bridge too, or port `va` of bridge `cni0` has two workloads")]
    public void A_workload_whose_port_is_not_known_for_sure_is_refused(string port, string why)
    {
        string[] words = port.Split(' ');
        PodBridge bridge = new(
            "cni0",
            [.. words is [{ Length: > 0 }, ..] ? (BridgePort[])[new(words[0], MacAddress.Parse(words[1]), [.. words.Skip(2).Select(IpAddress.Parse)])] : [], Port("vb", 3)]);
        LocalWorkload routed = new("shop/a", "cali1", [IpAddress.Parse("10.244.0.2")]);
        EnforcementGap gap = Assert.Single(EnforcementGaps.Find(Host(), Filters(), [routed], [bridge]));
        Assert.Equal(("pod:shop/a", "NP5016", $"policy of `shop/a` is not enforced: {why}"), (gap.Name, gap.Finding.Id, gap.Finding.Message));
    }

    [Fact]
    public void A_workload_that_no_port_has_is_absent_if_it_is_known_of_every_port_who_is_behind_it()
    {
        LocalWorkload routed = new("shop/d", "cali1", [IpAddress.Parse("10.244.0.9")]);
        EnforcementGap gap = Assert.Single(EnforcementGaps.Find(Host(), Filters(), [routed], [s_bridge]));
        Assert.Equal(("NP5012", "`shop/d` is not here: no port of bridge `cni0` has 10.244.0.9"), (gap.Finding.Id, gap.Finding.Message));
    }

    [Fact]
    public void A_workload_that_moved_from_its_port_is_refused_and_one_without_it_is_absent()
    {
        HostFacts host = Host();
        HostFacts moved = host with { Interfaces = [.. host.Interfaces.AsEnumerable().Select(i => i.Name == "va" ? i with { Master = null } : i)] };
        Assert.Equal(
            "policy of `shop/a` is not enforced: its interface `va` is no port, while rules know it as a port of bridge `cni0`",
            Assert.Single(Find(moved, Filters())).Finding.Message);
        HostFacts gone = host with { Interfaces = [.. host.Interfaces.AsEnumerable().Where(i => i.Name != "va")] };
        EnforcementGap absent = Assert.Single(Find(gone, Filters()));
        Assert.Equal(("NP5012", "`shop/a` is not here: bridge `cni0` has no port `va`"), (absent.Finding.Id, absent.Finding.Message));
        HostFacts unrouted = host with { Routes = [] };
        Assert.All(Find(unrouted, Filters()), g => Assert.Contains("there is no route to", g.Finding.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_workload_with_an_address_that_is_not_behind_its_port_is_refused()
    {
        LocalWorkload more = new("shop/a", "va", [IpAddress.Parse("10.244.0.2"), IpAddress.Parse("10.244.0.77")]) { Bridge = "cni0" };
        Assert.Equal(
            "policy of `shop/a` is not enforced: 10.244.0.77 is not known to be behind port `va` of bridge `cni0`, and stays closed",
            Assert.Single(EnforcementGaps.Find(Host(), Filters(), [more], [s_bridge])).Finding.Message);
    }

    [Fact]
    public void Ports_are_read_from_a_file_and_count_more_than_what_was_seen()
    {
        EquatableArray<PodBridge> said = PodBridge.Parse("# ports\n\ncni0 va 02:00:00:00:00:02 10.244.0.2 fd00::2 # a\r\nbr1\tvz 02:00:00:00:00:09 10.1.0.1\n", "f");
        Assert.Equal(["br1", "cni0"], said.AsEnumerable().Select(b => b.Name));
        Assert.Equal(new BridgePort("va", MacAddress.Parse("02:00:00:00:00:02"), [IpAddress.Parse("10.244.0.2"), IpAddress.Parse("fd00::2")]), Assert.Single(said[1].Ports));
        PodBridge seen = new("cni0", [new BridgePort("va", default, []), Port("vb", 3)]);
        Assert.Equal([said[1].Ports[0], seen.Ports[1]], PodBridge.Merge([seen], said)[1].Ports);
    }

    [Theory]
    [InlineData("cni0 va 02:00:00:00:00:02", "f:1: found 3 words, expected a bridge, a port, a link-layer address and the addresses behind it")]
    [InlineData("\ncni0 va 01:00:00:00:00:02 10.0.0.1", "f:2: found `01:00:00:00:00:02`, expected a link-layer address of one interface such as `02:00:00:00:00:01`")]
    [InlineData("cni0 v\"a 02:00:00:00:00:02 10.0.0.1", "f:1: found `cni0 v\"a`, expected names of interfaces")]
    [InlineData("cni0 va 02:00:00:00:00:02 10.0.0.256", "f:1: found `10.0.0.256`, expected an address")]
    [InlineData("cni0 va 02:00:00:00:00:02 10.0.0.1\ncni1 va 02:00:00:00:00:03 10.0.0.2", "f:2: found port `va` a second time, expected all its addresses in one line")]
    public void A_file_of_ports_that_says_something_else_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => PodBridge.Parse(text, "f")).Message);

    private static BridgePort Port(string name, byte number) => new(name, MacAddress.FromBytes([2, 0, 0, 0, 0, number]), [IpAddress.FromIPv4(0x0af40000u + number)]);

    private static IReadOnlyList<EnforcementGap> Find(HostFacts host, FilterFacts filters, PodBridge? bridge = null) => EnforcementGaps.Find(
        host,
        filters,
        bridge is null
            ? [
                new LocalWorkload("shop/a", "va", [IpAddress.Parse("10.244.0.2")]) { Bridge = "cni0" },
                new LocalWorkload("shop/b", "vb", [IpAddress.Parse("10.244.0.3")]) { Bridge = "cni0" },
            ]
            : [],
        [bridge ?? s_bridge]);

    private static HostFacts Host(HostInterface? more = null) => new(
        [
            new HostInterface(1, "lo", "", true, null, false, []), new HostInterface(2, "eth0", "", true, null, false, []),
            new HostInterface(3, "cni0", "bridge", true, null, false, []), new HostInterface(4, "va", "veth", true, "cni0", false, []),
            new HostInterface(5, "vb", "veth", true, "cni0", false, []), .. more is null ? (HostInterface[])[] : [more],
        ],
        [new HostRoute(IpPrefix.Parse("10.244.0.0/24"), "cni0", 0)],
        [],
        []);

    private static FilterFacts Filters() => new([], [], [], [], [], [], ["ip", "ip6"], []) { HasBridgeFilter = true };
}
