using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>What IPv6 and address assignment live on is tracked by nobody, and must pass a host endpoint that denies everything.</summary>
public sealed class NeighbourTests
{
    private const string ClosedHost = """
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: node1-host, labels: {role: host}}
        spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1]}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: closed}
        spec: {order: 30, selector: role == 'host', types: [Ingress, Egress]}
        ---

        """;

    private const string ClosedBefore = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: before}
        spec: {order: 20, selector: role == 'host', preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: raw}
        spec: {order: 10, selector: role == 'host', doNotTrack: true, applyOnForward: true, ingress: [{action: Deny}], egress: [{action: Deny}]}
        ---

        """;

    private const string Router = "fe80::aaaa";

    // Counts what reaches the node and what leaves it for the client, and keeps the node from acting on it. The node says things of its own, too, to others.
    private const string Watch = $$"""
        table inet others {
          chain lastin { type filter hook input priority 400; policy accept; meta l4proto { ipv6-icmp, udp } counter drop comment "in"; }
          chain lastout {
            type filter hook postrouting priority 400; policy accept;
            ip daddr {{Cluster.Client}} meta l4proto udp counter drop comment "out4"
            ip6 daddr {{Cluster.Client6}} meta l4proto { ipv6-icmp, udp } counter drop comment "out6"
            meta l4proto { ipv6-icmp, udp } drop
          }
        }
        """;

    public NeighbourTests() => Kernel.RequireLab();

    [Theory]
    [InlineData(ClosedHost)]
    [InlineData(ClosedHost + ClosedBefore)]
    public void A_host_that_denies_everything_still_finds_its_neighbours_and_its_router(string host)
    {
        using Wire wire = new(Cluster.Inventory + host, before: Watch);
        byte[] target = [0, 0, 0, 0, .. System.Net.IPAddress.Parse(Cluster.NodeAddress6).GetAddressBytes()];
        foreach (byte type in (byte[])[133, 135, 136, 130, 131, 132, 143])
        {
            Assert.True(Reaches(wire, Cluster.Outside, Packets.Icmp(Router, Cluster.NodeAddress6, type, 0, target, hopLimit: 255)), $"type {type}");
        }

        Assert.True(Reaches(wire, Cluster.Outside, Packets.Icmp(Router, Cluster.NodeAddress6, 134, 0, new byte[12], hopLimit: 255)));
        Assert.False(Reaches(wire, Cluster.Outside, Packets.Icmp(Router, Cluster.NodeAddress6, 134, 0, new byte[12], hopLimit: 64)));
        Assert.False(Reaches(wire, Cluster.Outside, Packets.Icmp(Cluster.Client6, Cluster.NodeAddress6, 134, 0, new byte[12], hopLimit: 255)));
        Assert.False(Reaches(wire, Cluster.Outside, Packets.Icmp(Router, Cluster.NodeAddress6, 137, 0, new byte[36], hopLimit: 255)));
        Assert.False(Reaches(wire, Cluster.Outside, Packets.Echo(Cluster.Client6, Cluster.NodeAddress6)));

        ulong before = Left(wire);
        wire.Send(Cluster.Node, Packets.Icmp(Cluster.NodeAddress6, Cluster.Client6, 135, 0, target, hopLimit: 255), Packets.Icmp(Cluster.NodeAddress6, Cluster.Client6, 133, 0, new byte[4], hopLimit: 255));
        Assert.Equal(before + 2, Left(wire));
        wire.Send(Cluster.Node, Packets.Echo(Cluster.NodeAddress6, Cluster.Client6));
        Assert.Equal(before + 2, Left(wire));
    }

    [Fact]
    public void A_workload_is_no_router()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy, before: Watch);
        byte[] advertisement = Packets.Icmp(Cluster.Address6(Cluster.Api), Cluster.NodeAddress6, 134, 0, new byte[12], hopLimit: 255);
        Assert.False(Reaches(wire, Cluster.Api, Packets.Icmp(Router, Cluster.NodeAddress6, 134, 0, new byte[12], hopLimit: 255)));
        Assert.True(Reaches(wire, Cluster.Api, Packets.Icmp(Cluster.Address6(Cluster.Api), Cluster.NodeAddress6, 135, 0, new byte[20], hopLimit: 255)));
        wire.Put("""
            apiVersion: projectcalico.org/v3
            kind: FelixConfiguration
            metadata: {name: default}
            spec: {defaultEndpointToHostAction: Drop}
            """);
        Assert.False(Reaches(wire, Cluster.Api, advertisement));
        Assert.True(Reaches(wire, Cluster.Api, Packets.Icmp(Cluster.Address6(Cluster.Api), Cluster.NodeAddress6, 135, 0, new byte[20], hopLimit: 255)));
    }

    [Fact]
    public void A_host_that_denies_everything_still_gets_its_addresses()
    {
        using Wire wire = new(Cluster.Inventory + ClosedHost, before: Watch);
        Assert.True(Reaches(wire, Cluster.Outside, Packets.Udp("192.0.2.254", Cluster.NodeAddress, 67, 68)));
        Assert.True(Reaches(wire, Cluster.Outside, Packets.Udp(Router, Cluster.NodeAddress6, 547, 546)));
        Assert.False(Reaches(wire, Cluster.Outside, Packets.Udp(Cluster.Client6, Cluster.NodeAddress6, 547, 546)));
        Assert.False(Reaches(wire, Cluster.Outside, Packets.Udp(Router, Cluster.NodeAddress6, 547, 545)));
        ulong before = Left(wire);
        wire.Send(Cluster.Node, Packets.Udp(Cluster.NodeAddress, Cluster.Client, 68, 67), Packets.Udp(Cluster.NodeAddress6, Cluster.Client6, 546, 547));
        Assert.Equal(before + 2, Left(wire));
        wire.Send(Cluster.Node, Packets.Udp(Cluster.NodeAddress6, Cluster.Client6, 545, 547));
        Assert.Equal(before + 2, Left(wire));
    }

    private static ulong Left(Wire wire) => wire.Count("out4") + wire.Count("out6");

    private static bool Reaches(Wire wire, string from, byte[] packet)
    {
        ulong before = wire.Count("in");
        wire.Send(from, packet);
        return wire.Count("in") > before;
    }
}
