using NetPolicy.Enforce.Netlink;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>A connection's mark is shared by all processors that see its packets: nothing of a single packet may be kept there.</summary>
public sealed class TwoProcessorsTests
{
    private const uint Ours = 0x7fff_0000;
    private const int Packets = 150_000;
    private const int Changes = 20;

    private const string Counter = """
        table inet others { chain last { type filter hook postrouting priority 400; policy accept; udp dport 7000-8080 counter comment "came out"; }; }
        """;

    private const string Ranges = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress]
          ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{protocol: UDP, port: 7000, endPort: 7999}, {protocol: UDP, port: 8080}]}]

        """;

    private const string FewerRanges = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress]
          ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{protocol: UDP, port: 8080}]}]

        """;

    public TwoProcessorsTests() => Kernel.RequireLab();

    [Fact]
    public void No_packet_of_an_allowed_flow_is_lost_while_epochs_change()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy, before: Counter);
        byte[] packet = Dangers.Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 8080);
        long before = Came(wire);
        int changes = 0;
        using Senders senders = new(wire, Cluster.Api, Senders.Repeat(packet, Packets, () => Volatile.Read(ref changes) >= Changes));
        while (senders.AreBusy)
        {
            // Restricts nothing of web: only the epoch changes for its flows.
            wire.Put(Cluster.Unrelated);
            wire.Take(Cluster.Unrelated);
            Volatile.Write(ref changes, changes + 2);
        }

        long sent = senders.Finish();
        Report.Say($"{sent} packets of one flow by two processors, {changes} changes, {sent - (Came(wire) - before)} lost");
        Assert.Equal(sent, Came(wire) - before);
        Assert.True(changes >= Changes);
        Assert.Single(wire.Connections());
    }

    [Fact]
    public void No_packet_of_a_revoked_flow_leaks_while_epochs_change()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy, before: Counter);
        byte[] packet = Dangers.Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 8080);
        Assert.True(wire.Passes(Cluster.Api, packet, Cluster.Web));
        int changes = 0;
        using Senders senders = new(wire, Cluster.Api, Senders.Repeat(packet, Packets, () => Volatile.Read(ref changes) >= Changes));
        wire.Put(Cluster.Closed);
        long before = Came(wire), sentBefore = senders.Sent;
        while (senders.AreBusy)
        {
            wire.Put(Cluster.Unrelated);
            wire.Take(Cluster.Unrelated);
            Volatile.Write(ref changes, changes + 2);
        }

        long sent = senders.Finish() - sentBefore;
        Report.Say($"{sent} packets of one flow by two processors after it was revoked, {changes} changes, {Came(wire) - before} leaked");
        Assert.Equal(before, Came(wire));
        Assert.True(changes >= Changes && sent > 0);
        Assert.Equal(0x4000_0000u, wire.Connections().Single(c => c.DestinationPort == 8080).Mark & Ours);
    }

    [Fact]
    public void No_flow_opened_while_a_range_is_revoked_carries_the_new_epoch()
    {
        using Wire wire = new(Cluster.Inventory + Ranges, before: Counter);
        int opened = 0;
        for (int round = 0; round < 8; round++)
        {
            wire.Put(Ranges);
            wire.Forget();
            byte[][] packets =
            [
                .. Enumerable.Range(0, 8000).Select(i => Dangers.Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 10_000 + i, 7000 + (i % 1000))),
            ];
            using Senders senders = new(wire, Cluster.Api, packets);
            int epoch = wire.Put(FewerRanges).Generation;
            senders.Finish();
            IReadOnlyList<ConntrackEntry> flows = [.. wire.Connections().Where(c => c.DestinationPort is >= 7000 and < 8000)];
            Assert.DoesNotContain(flows, f => (f.Mark & Ours) == (uint)epoch << 16);
            opened += flows.Count;

            // None of those that were opened in time goes on.
            long before = Came(wire);
            wire.Send(Cluster.Api, [.. packets.Take(100)]);
            Assert.Equal(before, Came(wire));
        }

        Report.Say($"{opened} flows were opened before the range was revoked, 0 were accepted after it");
        Assert.True(opened > 0);
    }

    private static long Came(Wire wire) => (long)wire.Count("came out");
}
