using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Packets of nobody: spoofed, of workloads that no document knows, that belong to no connection, by interfaces that come and go.</summary>
public sealed class UnknownTests
{
    private const string WebIsGone = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop}
        spec: {nodeName: node1, containers: [{name: c}]}
        status: {phase: Succeeded, podIPs: [{ip: 172.20.1.10}, {ip: "fd20:0:0:1::10"}]}

        """;

    public UnknownTests() => Kernel.RequireLab();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_workload_that_is_deleted_is_cut_off_with_its_open_connections(bool isSix)
    {
        string web = At(isSix, Cluster.Web), api = At(isSix, Cluster.Api);
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        byte[] question = Packets.Udp(api, web, 4000, 8080), other = Packets.Udp(web, api, 5000, 53);
        Assert.True(wire.Passes(Cluster.Api, question, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, other, Cluster.Api));

        // Its interface is still there, and now belongs to nobody known: closed both ways.
        wire.Take(WebIsGone);
        Assert.False(wire.Passes(Cluster.Api, question, Cluster.Web));
        Assert.False(wire.Passes(Cluster.Web, other, Cluster.Api));
        Assert.True(wire.Count("netpol unknown workload") >= 2);
        Assert.True(wire.Passes(Cluster.Node, Packets.Udp(isSix ? Cluster.NodeAddress6 : Cluster.NodeAddress, web, 4000, 1), Cluster.Web));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_forged_source_passes_by_no_workload_interface(bool isSix)
    {
        using Wire wire = new(Cluster.Inventory);
        string db = At(isSix, Cluster.Db);
        foreach (string forged in (string[])[At(isSix, Cluster.Web), isSix ? Cluster.NodeAddress6 : Cluster.NodeAddress, isSix ? Cluster.Client6 : Cluster.Client])
        {
            Assert.False(wire.Passes(Cluster.Api, Packets.Udp(forged, db, 4000, 1), Cluster.Db));
        }

        Assert.True(wire.Count("netpol spoofed source") >= 2);
        Assert.True(wire.Passes(Cluster.Api, Packets.Udp(At(isSix, Cluster.Api), db, 4000, 1), Cluster.Db));
    }

    [Fact]
    public void An_interface_that_is_made_anew_is_enforced_from_its_first_packet()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        string web = Cluster.Address(Cluster.Web), api = Cluster.Address(Cluster.Api), device = wire.InterfaceOf(Cluster.Web);
        Assert.True(wire.Passes(Cluster.Api, Packets.Udp(api, web, 4000, 8080), Cluster.Web));
        wire.Recreate(Cluster.Web);
        Assert.Contains(device, wire.Place.RunProcess("ip", ["link", "show", device]).ThrowIfFailed().Output, StringComparison.Ordinal);
        Assert.Single(wire.Send(Cluster.Api, Packets.Udp(api, web, 4001, 8080)));
        Assert.Empty(wire.Send(Cluster.Api, Packets.Udp(api, web, 4001, 8081)));
    }

    [Fact]
    public void What_belongs_to_no_connection_is_dropped_at_workloads_only()
    {
        const byte SynFin = 0x03;
        using Wire wire = new(Cluster.Inventory);
        string web = Cluster.Address(Cluster.Web), api = Cluster.Address(Cluster.Api);
        Assert.False(wire.Passes(Cluster.Api, Packets.Tcp(api, web, 4000, 80, SynFin), Cluster.Web));
        Assert.False(wire.Passes(Cluster.Outside, Packets.Tcp(Cluster.Client, web, 4000, 80, SynFin), Cluster.Web));
        Assert.True(wire.Passes(Cluster.Outside, Packets.Tcp(Cluster.Client, "203.0.113.77", 4000, 80, SynFin), Cluster.Outside));
        Assert.Equal(2ul, wire.Count("netpol invalid"));
    }

    [Fact]
    public void What_meets_no_endpoint_is_left_alone_and_unmarked()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        Assert.True(wire.Passes(Cluster.Outside, Packets.Udp(Cluster.Client, "203.0.113.77", 4000, 80), Cluster.Outside));
        Assert.Equal(0u, Assert.Single(wire.Connections()).Mark);
    }

    private static string At(bool isSix, string pod) => isSix ? Cluster.Address6(pod) : Cluster.Address(pod);
}
