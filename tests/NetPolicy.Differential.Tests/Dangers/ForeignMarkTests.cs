using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Others use other bits of the same marks, and go on doing so.</summary>
public sealed class ForeignMarkTests
{
    private const uint OursOfConnections = 0x7fff_0000;
    private const uint OursOfPackets = 0x0300_0000;

    // AWS VPC CNI: pods answer by the interface of their own network, but what came in by eth0 must go out by eth0.
    private const string Amazon = """
        table ip kproxy { chain pre { type nat hook prerouting priority -100; policy accept; ip daddr 192.0.2.1 udp dport 30080 dnat to 172.20.1.10:8080; }; }
        table ip aws {
          chain pre {
            type filter hook prerouting priority -150; policy accept;
            iifname "eth0" fib daddr type local ct mark set ct mark or 0x80
            iifname "cali*" meta mark set ct mark and 0x80
          }
          chain post { type filter hook postrouting priority 300; policy accept; udp sport { 30080, 8080 } meta mark 0x80 counter comment "restored"; }
        }
        """;

    private const string Host = """
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: node1-host, labels: {role: host}}
        spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1]}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: before}
        spec:
          order: 10
          selector: role == 'host'
          preDNAT: true
          applyOnForward: true
          ingress: [{action: Deny, protocol: UDP, destination: {ports: [30999]}}]
        ---

        """;

    private const string HostIsClosed = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: closed}
        spec: {order: 30, selector: role == 'host', types: [Ingress]}

        """;

    private const string FromOutside = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress]
          ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{protocol: UDP, port: 8080}]}]

        """;

    public ForeignMarkTests() => Kernel.RequireLab();

    [Fact]
    public void Answers_of_a_node_port_leave_by_the_interface_that_connection_marks_restore()
    {
        using Wire wire = new(Cluster.Inventory + FromOutside, before: Amazon);
        wire.Ip("neigh add 198.18.0.254 lladdr 02:00:00:00:00:fe dev eth1");
        wire.Ip("route add default via 198.18.0.254 dev eth1 onlink table 100");
        wire.Ip("rule add from 172.20.1.10 lookup 100 priority 1536");
        wire.Ip("rule add fwmark 0x80/0x80 lookup main priority 1024");
        byte[] question = Packets.Udp(Cluster.Client, Cluster.NodeAddress, 4000, 30080), answer = Packets.Udp(Cluster.Address(Cluster.Web), Cluster.Client, 8080, 4000);
        Assert.True(wire.Passes(Cluster.Outside, question, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, answer, Cluster.Outside));

        // What the pod begins itself goes its own way.
        Assert.True(wire.Passes(Cluster.Web, Packets.Udp(Cluster.Address(Cluster.Web), Cluster.Client, 5000, 53), Cluster.Second));

        // New epochs, and judging again, leave the bit where it is.
        for (int i = 0; i < 3; i++)
        {
            wire.Put(Cluster.Unrelated);
            Assert.True(wire.Passes(Cluster.Web, answer, Cluster.Outside));
            Assert.True(wire.Passes(Cluster.Outside, question, Cluster.Web));
            wire.Take(Cluster.Unrelated);
            Assert.Equal(0x80u, MarkOf(wire, 30080) & ~OursOfConnections);
        }

        Assert.Equal(4ul, wire.Count("restored"));
        wire.Put(Cluster.Closed);
        Assert.False(wire.Passes(Cluster.Outside, question, Cluster.Web));
        Assert.Equal(0x4000_0080u, MarkOf(wire, 30080));
        wire.Put(FromOutside);
        Assert.True(wire.Passes(Cluster.Outside, question, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, answer, Cluster.Outside));
    }

    [Theory]
    [InlineData(0x0000_4000u)]
    [InlineData(0x0000_0f00u)]
    [InlineData(0xfcff_ffffu)]
    public void Packet_marks_of_others_pass_all_stages_unchanged(uint mark)
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy + "---\n" + Host, before: $$"""
            table inet others {
              chain first { type filter hook prerouting priority -310; policy accept; meta mark set {{mark}}; }
              chain firstout { type filter hook output priority -310; policy accept; meta mark set {{mark}}; }
              chain last { type filter hook postrouting priority 400; policy accept; meta l4proto udp meta mark and 0xfcffffff == {{mark}} counter comment "kept"; meta l4proto udp meta mark and 0xfcffffff != {{mark}} counter comment "changed"; }
              chain lastin { type filter hook input priority 400; policy accept; meta l4proto udp meta mark and 0xfcffffff == {{mark}} counter comment "kept"; meta l4proto udp meta mark and 0xfcffffff != {{mark}} counter comment "changed"; }
            }
            """);
        wire.Send(Cluster.Api, Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 8080));
        wire.Send(Cluster.Outside, Packets.Udp(Cluster.Client, Cluster.Address(Cluster.Db), 4000, 1), Packets.Udp(Cluster.Client6, Cluster.Address6(Cluster.Db), 4000, 1));
        wire.Send(Cluster.Node, Packets.Udp(Cluster.NodeAddress, Cluster.Address(Cluster.Web), 4000, 1));
        wire.Send(Cluster.Web, Packets.Udp(Cluster.Address(Cluster.Web), Cluster.Address(Cluster.Api), 8080, 4000));
        Assert.Equal(5ul, wire.Count("kept"));
        Assert.Equal(0ul, wire.Count("changed"));
    }

    [Theory]
    [InlineData(0x0000_0001u)]
    [InlineData(0x0000_4000u)]
    [InlineData(0x8000_ffffu)]
    public void Connection_marks_of_others_outlive_acceptance_denial_and_epochs(uint mark)
    {
        using Wire wire = new(
            Cluster.Inventory + Cluster.Policy,
            before: $$"""table inet others { chain early { type filter hook prerouting priority -140; policy accept; ct state new ct mark set {{mark}}; }; }""");
        byte[] packet = Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 8080);
        Assert.True(wire.Passes(Cluster.Api, packet, Cluster.Web));
        Assert.NotEqual(0u, MarkOf(wire, 8080) & OursOfConnections);
        wire.Nft("flush table inet others");
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(mark, MarkOf(wire, 8080) & ~OursOfConnections);
            wire.Put(i % 2 == 0 ? Cluster.Closed : Cluster.Policy);
            Assert.Equal(i % 2 == 1, wire.Passes(Cluster.Api, packet, Cluster.Web));
        }

        Assert.Equal(mark, MarkOf(wire, 8080) & ~OursOfConnections);
    }

    [Fact]
    public void A_packet_mark_that_says_accepted_before_the_first_stage_is_forged()
    {
        using Wire wire = new(Cluster.Inventory + Host + HostIsClosed, before: $$"""
            table inet others {
              chain first { type filter hook prerouting priority -310; policy accept; meta mark set {{OursOfPackets}}; }
              chain last { type filter hook input priority 400; policy accept; udp dport 9 counter comment "reached"; }
            }
            """);
        wire.Send(Cluster.Outside, Packets.Udp(Cluster.Client, Cluster.NodeAddress, 4000, 9));
        Assert.Equal(0ul, wire.Count("reached"));
    }

    [Fact]
    public void Without_bits_of_its_own_policy_decides_about_new_connections_and_writes_no_mark()
    {
        const uint Theirs = 0xffff_ffff;
        using Wire wire = new(
            Cluster.Inventory + Cluster.Policy,
            new NetPolicy.Enforce.EnforcementOptions { ConnectionMarkMask = 0 },
            $$"""table inet others { chain early { type filter hook prerouting priority -140; policy accept; ct state new ct mark set {{Theirs}}; }; }""");
        string web = Cluster.Address(Cluster.Web), api = Cluster.Address(Cluster.Api);
        byte[] question = Packets.Udp(api, web, 4000, 8080), answer = Packets.Udp(web, api, 8080, 4000);
        Assert.True(wire.Passes(Cluster.Api, question, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, answer, Cluster.Api));
        Assert.False(wire.Passes(Cluster.Api, Packets.Udp(api, web, 4000, 8081), Cluster.Web));
        wire.Put(Cluster.Closed);
        Assert.True(wire.Passes(Cluster.Api, question, Cluster.Web));
        Assert.False(wire.Passes(Cluster.Api, Packets.Udp(api, web, 4001, 8080), Cluster.Web));
        Assert.Equal(Theirs, Assert.Single(wire.Connections()).Mark);
    }

    private static uint MarkOf(Wire wire, int port) => wire.Connections().Single(c => c.DestinationPort == port).Mark;
}
