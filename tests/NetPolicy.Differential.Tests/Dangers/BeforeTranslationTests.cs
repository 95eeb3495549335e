using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Policy before translation sees addresses that nobody sees later, and runs before anybody knows what becomes of the packet.</summary>
public sealed class BeforeTranslationTests
{
    private const int Changes = 20;

    private const string NodePort = """
        table ip kproxy { chain pre { type nat hook prerouting priority -100; policy accept; ip daddr 192.0.2.1 tcp dport 30080 dnat to 172.20.1.10:8080; }; }
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
          ingress: [{action: Allow, protocol: UDP, destination: {ports: [9]}}]
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: input}
        spec: {order: 30, selector: role == 'host', types: [Ingress], ingress: [{action: Allow, protocol: UDP, destination: {ports: [10]}}]}
        ---

        """;

    private const string NoNodePort = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: closed}
        spec:
          order: 5
          selector: role == 'host'
          preDNAT: true
          applyOnForward: true
          ingress: [{action: Deny, protocol: TCP, destination: {ports: [30080]}}]

        """;

    public BeforeTranslationTests() => Kernel.RequireLab();

    [Fact]
    public void A_new_denial_before_translation_cuts_what_is_established_and_its_end_revives_it()
    {
        using Wire wire = new(Cluster.Inventory + Host, before: NodePort);
        string web = Cluster.Address(Cluster.Web);
        byte[] data = Packets.Tcp(Cluster.Client, Cluster.NodeAddress, 4000, 30080, Packets.Push, 1001, 5001, "hello"), served = Packets.Tcp(web, Cluster.Client, 8080, 4000, Packets.Push, 5001, 1006, "hello");
        Assert.True(wire.Passes(Cluster.Outside, Packets.Tcp(Cluster.Client, Cluster.NodeAddress, 4000, 30080, Packets.Syn, 1000), Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, Packets.Tcp(web, Cluster.Client, 8080, 4000, Packets.SynAcknowledgement, 5000, 1001), Cluster.Outside));
        Assert.True(wire.Passes(Cluster.Outside, data, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, served, Cluster.Outside));

        wire.Put(NoNodePort);
        Assert.False(wire.Passes(Cluster.Outside, data, Cluster.Web));
        Assert.False(wire.Passes(Cluster.Web, served, Cluster.Outside));
        wire.Take(NoNodePort);
        Assert.True(wire.Passes(Cluster.Outside, data, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, served, Cluster.Outside));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void Nothing_is_lost_between_the_stage_before_translation_and_input_while_epochs_change(int port)
    {
        using Wire wire = new(Cluster.Inventory + Host, before: """
            table inet others { chain last { type filter hook input priority 400; policy accept; udp dport { 9, 10 } counter drop comment "reached"; }; }
            """);
        byte[] packet = Packets.Udp(Cluster.Client, Cluster.NodeAddress, 4000, port);
        int changes = 0;
        using Senders senders = new(wire, Cluster.Outside, Senders.Repeat(packet, 60_000, () => Volatile.Read(ref changes) >= Changes));
        while (senders.AreBusy)
        {
            wire.Put(Cluster.Unrelated);
            wire.Take(Cluster.Unrelated);
            Volatile.Write(ref changes, changes + 2);
        }

        long sent = senders.Finish(), reached = (long)wire.Count("reached");
        Report.Say($"{sent} packets to port {port} of the node, {changes} changes: {sent - reached} lost");
        Assert.Equal(sent, reached);
        Assert.True(changes >= Changes);
    }
}
