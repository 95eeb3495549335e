using NetPolicy.Enforce.Netlink;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>What the kernel calls related: errors about a connection, and connections that another one announced.</summary>
public sealed class RelatedTests
{
    public RelatedTests() => Kernel.RequireLab();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_passes_with_its_flow_marks_nothing_and_does_not_outlive_it(bool isSix)
    {
        string web = At(isSix, Cluster.Web), api = At(isSix, Cluster.Api);
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        byte[] packet = Packets.Udp(api, web, 4000, 8080), error = Packets.PortUnreachable(web, api, packet);
        Assert.True(wire.Passes(Cluster.Api, packet, Cluster.Web));
        ConntrackEntry before = Assert.Single(wire.Connections());
        Assert.True(wire.Passes(Cluster.Web, error, Cluster.Api));
        ConntrackEntry after = Assert.Single(wire.Connections());
        Assert.Equal(before.Mark, after.Mark);

        // The flow is revoked and tries again; then its errors are cut too, and they neither bring it back nor are they marked.
        wire.Put(Cluster.Closed);
        Assert.False(wire.Passes(Cluster.Api, packet, Cluster.Web));
        Assert.False(wire.Passes(Cluster.Web, error, Cluster.Api));
        Assert.False(wire.Passes(Cluster.Api, packet, Cluster.Web));
        wire.Put(Cluster.Unrelated);
        Assert.False(wire.Passes(Cluster.Web, error, Cluster.Api));
        wire.Put(Cluster.Policy);
        Assert.True(wire.Passes(Cluster.Api, packet, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, error, Cluster.Api));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_about_nothing_known_passes_no_workload(bool isSix)
    {
        string web = At(isSix, Cluster.Web), api = At(isSix, Cluster.Api);
        using Wire wire = new(Cluster.Inventory);
        Assert.False(wire.Passes(Cluster.Web, Packets.PortUnreachable(web, api, Packets.Udp(api, web, 4000, 8080)), Cluster.Api));
        Assert.Equal(1ul, wire.Count("netpol invalid"));
        Assert.Empty(wire.Connections());
    }

    [Theory]
    [InlineData("")]
    [InlineData(", {protocol: TCP, port: 2121}")]
    public void A_connection_that_another_announced_is_judged_by_itself(string more)
    {
        string policy = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress]
              ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{protocol: TCP, port: 21}MORE]}]
            """.Replace("MORE", more, StringComparison.Ordinal);
        using Wire wire = new(Cluster.Inventory + policy, before: """
            table ip helpers {
              ct helper ftp { type "ftp" protocol tcp; }
              chain pre { type filter hook prerouting priority -150; policy accept; tcp dport 21 ct helper set "ftp"; }
            }
            """);
        string web = Cluster.Address(Cluster.Web), api = Cluster.Address(Cluster.Api);
        Assert.True(wire.Passes(Cluster.Api, Packets.Tcp(api, web, 4000, 21, Packets.Syn, 1000), Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, Packets.Tcp(web, api, 21, 4000, Packets.SynAcknowledgement, 5000, 1001), Cluster.Api));
        Assert.True(wire.Passes(Cluster.Api, Packets.Tcp(api, web, 4000, 21, Packets.Acknowledgement, 1001, 5001), Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, Packets.Tcp(web, api, 21, 4000, Packets.Push, 5001, 1001, "227 Entering Passive Mode (172,20,1,10,8,73)\r\n"), Cluster.Api));

        // 8 * 256 + 73 is 2121. The announced connection has its announcer's mark, and passes only if a rule lets it.
        Assert.Equal(more.Length > 0, wire.Passes(Cluster.Api, Packets.Tcp(api, web, 4001, 2121, Packets.Syn, 9000), Cluster.Web));
        Assert.Equal(more.Length > 0, wire.Connections().Any(c => c.DestinationPort == 2121));
    }

    private static string At(bool isSix, string pod) => isSix ? Cluster.Address6(pod) : Cluster.Address(pod);
}
