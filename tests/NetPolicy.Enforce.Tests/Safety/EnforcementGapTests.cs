using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using Xunit;

namespace NetPolicy.Enforce.Tests.Safety;

/// <summary>Whatever keeps packets from the rules is found and named.</summary>
public sealed class EnforcementGapTests
{
    private const string Ruleset = """
        table inet netpol {
        	chain h_fwd {
        		type filter hook forward priority filter; policy accept;
        		goto fwd_1
        	}
        }
        table inet firewalld {
        	chain filter_FORWARD {
        		type filter hook forward priority filter + 10; policy accept;
        		ct state { established, related } accept
        		jump filter_FORWARD_POLICIES
        	}

        	chain filter_FORWARD_POLICIES {
        		iifname "eth0" reject with icmpx admin-prohibited
        		log prefix "drop it" accept
        	}
        }
        table ip filter {
        	chain FORWARD {
        		type filter hook forward priority filter; policy drop;
        		counter packets 0 bytes 0 jump DOCKER-USER
        		counter packets 0 bytes 0 jump cali-FORWARD
        	}

        	chain DOCKER-USER {
        		counter packets 0 bytes 0 return
        	}

        	chain cali-FORWARD {
        		counter packets 0 bytes 0 accept
        	}
        }
        table ip raw {
        	chain PREROUTING {
        		type filter hook prerouting priority -450; policy accept;
        		ip daddr 169.254.20.10 udp dport 53 counter packets 0 bytes 0 notrack
        	}
        }
        table inet fast {
        	flowtable ft {
        		hook ingress priority filter
        		devices = { eth0 }
        	}
        }

        """;

    private static readonly LocalWorkload s_web = new("shop/web", "caliweb", [IpAddress.Parse("172.20.1.10")]);

    [Fact]
    public void A_listing_shows_engines_flowtables_and_untracked_connections()
    {
        (List<ForeignChain> chains, List<string> flowtables) = ForeignTables.Parse(Ruleset, "netpol");
        EnforcementGap[] gaps = [.. EnforcementGaps.Find(Host(), Filters() with { Chains = [.. chains], Flowtables = [.. flowtables] }, [])];
        Assert.Equal(["engine:calico", "flowtable", "notrack"], gaps.Select(g => g.Name));
        Assert.Equal(["NP5015", "NP5010", "NP5010"], gaps.Select(g => g.Finding.Id));
        Assert.Contains("`inet fast ft`", gaps[1].Finding.Message, StringComparison.Ordinal);
        Assert.Contains("priority -450", gaps[2].Finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Drops_of_others_are_named_with_their_owners()
    {
        FilterFacts filters = Filters() with { Chains = [.. ForeignTables.Parse(Ruleset, "netpol").Chains] };
        string[] drops = [.. EnforcementGaps.ForeignDrops(filters).Select(d => d.Message)];
        Assert.Equal(2, drops.Length);
        Assert.StartsWith("chain `filter_FORWARD` of table `inet firewalld` (firewalld) drops in 1 of its rules at forward", drops[0], StringComparison.Ordinal);
        Assert.StartsWith("chain `FORWARD` of table `ip filter` (Docker) drops by policy at forward", drops[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Services_of_IPVS_programs_on_interfaces_and_what_could_not_be_read_are_gaps()
    {
        FilterFacts filters = Filters() with
        {
            IpvsServices = ["TCP 0A600001:0050"],
            Programs = [new PacketProgram("eth0", "tc ingress"), new PacketProgram("eth1", "xdp")],
            LegacyTables = ["ip filter"],
            LegacyChains = ["ip KUBE-NWPLCY-X"],
            Unread = ["tables of others: no program"],
        };
        EnforcementGap[] gaps = [.. EnforcementGaps.Find(Host(), filters, [])];
        Assert.Equal(["ebpf:eth0", "ebpf:eth1", "engine:kube-router", "ipvs", "unread"], gaps.Select(g => g.Name));
        Assert.All(gaps, g => Assert.Equal(DiagnosticSeverity.Error, g.Finding.Severity));
        Assert.Equal("NP5013", gaps[4].Finding.Id);
    }

    [Fact]
    public void A_gap_is_accepted_by_its_kind_or_its_name_and_stays_visible()
    {
        EnforcementGap gap = Assert.Single(EnforcementGaps.Find(Host(), Filters() with { Programs = [new PacketProgram("eth0", "xdp")] }, []));
        Assert.True(gap.IsAccepted(["ebpf"]));
        Assert.True(gap.IsAccepted(["ebpf:eth0"]));
        Assert.False(gap.IsAccepted(["ebpf:eth1", "ipvs"]));
        Assert.Equal(DiagnosticSeverity.Warning, gap.Judged(["ebpf"]).Severity);
        Assert.Equal(DiagnosticSeverity.Error, gap.Judged([]).Severity);
    }

    [Fact]
    public void A_workload_with_its_interface_and_its_route_has_no_gap() =>
        Assert.Empty(EnforcementGaps.Find(Host("caliweb", "172.20.1.10/32"), Filters(), [s_web]));

    [Fact]
    public void A_workload_that_is_not_here_yet_is_only_absent()
    {
        EnforcementGap gap = Assert.Single(EnforcementGaps.Find(Host(), Filters(), [s_web]));
        Assert.Equal("NP5012", gap.Finding.Id);
        Assert.Equal(DiagnosticSeverity.Warning, gap.Finding.Severity);
    }

    [Fact]
    public void A_workload_behind_a_bridge_or_another_interface_is_not_enforced()
    {
        HostFacts host = Host();
        HostFacts bridged = host with
        {
            Interfaces = [.. host.Interfaces, new HostInterface(9, "cni0", "bridge", true, null, false, []), new HostInterface(10, "caliweb", "veth", true, "cni0", false, [])],
            Routes = [.. host.Routes, new HostRoute(IpPrefix.Parse("172.20.1.0/24"), "cni0", 0)],
        };
        Assert.Contains("is a port of bridge `cni0`", Assert.Single(EnforcementGaps.Find(bridged, Filters(), [s_web])).Finding.Message, StringComparison.Ordinal);
        EnforcementGap elsewhere = Assert.Single(EnforcementGaps.Find(bridged, Filters() with { BridgedPacketsAreFiltered = [] }, [s_web with { Interface = "calinone" }]));
        Assert.Equal("pod:shop/web", elsewhere.Name);
        Assert.Contains("172.20.1.10 is routed to bridge `cni0`, while rules know it behind `calinone`; packets between its ports meet no rule at all", elsewhere.Finding.Message, StringComparison.Ordinal);
        EnforcementGap unrouted = Assert.Single(EnforcementGaps.Find(Host("caliweb", "192.0.2.0/24"), Filters(), [s_web]));
        Assert.Contains("no route to 172.20.1.10 by its interface `caliweb`", unrouted.Finding.Message, StringComparison.Ordinal);
    }

    private static HostFacts Host(string? more = null, string? route = null) => new(
        [
            new HostInterface(1, "lo", "", true, null, false, []), new HostInterface(2, "eth0", "", true, null, false, [IpAddress.Parse("192.0.2.1")]),
            .. more is null ? (HostInterface[])[] : [new HostInterface(3, more, "veth", true, null, false, [])],
        ],
        [new HostRoute(IpPrefix.Parse("0.0.0.0/0"), "eth0", 0), .. route is null ? (HostRoute[])[] : [new HostRoute(IpPrefix.Parse(route), more, 0)]],
        [],
        []);

    private static FilterFacts Filters() => new([], [], [], [], [], [], ["ip", "ip6"], []);
}
