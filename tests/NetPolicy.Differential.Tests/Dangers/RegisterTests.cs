using System.Globalization;
using System.Text;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>What rules read from a packet, and keep in it while they decide.</summary>
public sealed class RegisterTests
{
    public RegisterTests() => Kernel.RequireLab();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_checksum_of_a_ping_is_no_port(bool isSix)
    {
        string api = isSix ? Cluster.Address6(Cluster.Api) : Cluster.Address(Cluster.Api), web = isSix ? Cluster.Address6(Cluster.Web) : Cluster.Address(Cluster.Web);
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        byte[] ping = Ping(api, web, 8080);
        Assert.Equal(8080, Packets.PortThatChecksumReadsAs(ping));
        Assert.False(wire.Passes(Cluster.Api, ping, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Api, Packets.Udp(api, web, 4000, 8080), Cluster.Web));

        // The failsafe ports of a host endpoint are ports too.
        using Wire host = new(Cluster.Inventory + """
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: node1-host, labels: {role: host}}
            spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1]}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: closed}
            spec: {order: 30, selector: role == 'host', types: [Ingress]}
            """, before: """
            table inet others { chain last { type filter hook input priority 400; policy accept; icmp type echo-request counter drop comment "in"; icmpv6 type echo-request counter drop comment "in"; }; }
            """);
        host.Send(Cluster.Outside, Ping(isSix ? Cluster.Client6 : Cluster.Client, isSix ? Cluster.NodeAddress6 : Cluster.NodeAddress, 22));
        Assert.Equal(0ul, host.Count("in"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_packet_leaves_with_the_priority_that_it_would_have_without_rules(bool isSix)
    {
        StringBuilder watch = new("table inet others { chain last { type filter hook postrouting priority 400; policy accept;\n");
        for (int priority = 0; priority <= 15; priority++)
        {
            watch.Append(CultureInfo.InvariantCulture, $"udp dport 8080 meta priority 0:{priority:x} counter comment \"priority {priority}\"\n");
        }

        watch.Append("}; }");
        using Wire with = new(Cluster.Inventory + Cluster.Policy, before: watch.ToString()), without = new(Cluster.Inventory, before: watch.ToString());
        string api = isSix ? Cluster.Address6(Cluster.Api) : Cluster.Address(Cluster.Api), web = isSix ? Cluster.Address6(Cluster.Web) : Cluster.Address(Cluster.Web);
        byte[][] packets =
        [
            .. Enumerable.Range(0, 64).SelectMany(dscp => Enumerable.Repeat(Packets.WithTrafficClass(Packets.Udp(api, web, 4000 + dscp, 8080), (byte)(dscp << 2)), 2)),
        ];
        Assert.Equal(packets.Length, with.Send(Cluster.Api, packets).Count);
        Assert.True(without.Applier.Uninstall());
        Assert.Equal(packets.Length, without.Send(Cluster.Api, packets).Count);
        ulong[] Histogram(Wire wire) => [.. Enumerable.Range(0, 16).Select(p => wire.Count(string.Create(CultureInfo.InvariantCulture, $"priority {p}")))];
        Assert.Equal(Histogram(without), Histogram(with));
        Assert.Equal((ulong)packets.Length, Histogram(with).Aggregate((a, b) => a + b));
    }

    // Two bytes of the payload are chosen so that the sum is what is wanted.
    private static byte[] Ping(string from, string to, int checksum)
    {
        bool isSix = to.Contains(':', StringComparison.Ordinal);
        byte type = isSix ? (byte)128 : (byte)8;
        for (int filler = 0; filler < 65536; filler++)
        {
            byte[] ping = Packets.Icmp(from, to, type, 0, [0, 1, 0, 1, (byte)(filler >> 8), (byte)filler, 0, 0]);
            if (Packets.PortThatChecksumReadsAs(ping) == checksum)
            {
                return ping;
            }
        }

        throw new InvalidOperationException($"no payload sums to {checksum}");
    }
}
