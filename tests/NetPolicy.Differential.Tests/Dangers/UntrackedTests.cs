using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Others take packets out of connection tracking: nothing is known of a connection then, and every packet is judged.</summary>
public sealed class UntrackedTests
{
    // As `iptables -t raw -j NOTRACK` does it.
    private const string Notrack = """
        table ip raw { chain PREROUTING { type filter hook prerouting priority -300; policy accept; udp dport 8080 notrack; udp sport 8080 notrack; udp dport 8081 notrack; }; }
        table ip6 raw { chain PREROUTING { type filter hook prerouting priority -300; policy accept; udp dport 8080 notrack; udp sport 8080 notrack; udp dport 8081 notrack; }; }
        """;

    private const string NoWayOut = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: out, namespace: shop}
        spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}

        """;

    private const string Untracked = """
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: node1-host, labels: {role: host}}
        spec: {node: node1, interfaceName: eth0, expectedIPs: [192.0.2.1]}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: untracked}
        spec:
          order: 20
          selector: role == 'host'
          doNotTrack: true
          applyOnForward: true
          ingress: [{action: Allow, protocol: UDP, destination: {ports: [9200]}}]
        ---

        """;

    private const string Answers = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: answers}
        spec:
          order: 20
          selector: role == 'host'
          doNotTrack: true
          applyOnForward: true
          egress: [{action: Allow, protocol: UDP, source: {ports: [9200]}}]

        """;

    public UntrackedTests() => Kernel.RequireLab();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_others_do_not_track_is_judged_packet_by_packet(bool isSix)
    {
        string web = At(isSix, Cluster.Web), api = At(isSix, Cluster.Api);
        using Wire wire = new(Cluster.Inventory + Cluster.Policy + "---\n", before: Notrack);
        byte[] open = Packets.Udp(api, web, 4000, 8080), shut = Packets.Udp(api, web, 4000, 8081), answer = Packets.Udp(web, api, 8080, 4000);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(wire.Passes(Cluster.Api, open, Cluster.Web));
            Assert.False(wire.Passes(Cluster.Api, shut, Cluster.Web));
            Assert.True(wire.Passes(Cluster.Web, answer, Cluster.Api));
        }

        Assert.Empty(wire.Connections());
        Assert.Equal(3ul, wire.Count("np shop/web ingress 0"));

        // Nobody knows that it is an answer: it needs a rule of its own.
        wire.Put(NoWayOut);
        Assert.False(wire.Passes(Cluster.Web, answer, Cluster.Api));
        Assert.True(wire.Passes(Cluster.Api, open, Cluster.Web));

        wire.Put(Cluster.Closed);
        Assert.False(wire.Passes(Cluster.Api, open, Cluster.Web));
    }

    [Fact]
    public void An_untracked_permission_keeps_no_connection_and_answers_need_their_own()
    {
        using Wire wire = new(Cluster.Inventory + Untracked);
        byte[] question = Packets.Udp(Cluster.Client, Cluster.NodeAddress, 4000, 9200), answer = Packets.Udp(Cluster.NodeAddress, Cluster.Client, 9200, 4000);
        wire.Nft("""table inet others { chain late { type filter hook input priority 400; policy accept; udp dport 9200 counter drop comment "reached"; }; }""");
        wire.Send(Cluster.Outside, question, question);
        Assert.Equal(2ul, wire.Count("reached"));
        Assert.Empty(wire.Connections());

        // The endpoint has policy, but no tracked one: what is tracked is denied by default.
        wire.Send(Cluster.Outside, Packets.Udp(Cluster.Client, Cluster.NodeAddress, 4000, 9201));
        Assert.False(wire.Passes(Cluster.Node, answer, Cluster.Outside));
        wire.Put(Answers);
        Assert.True(wire.Passes(Cluster.Node, answer, Cluster.Outside));
        Assert.Empty(wire.Connections());
    }

    private static string At(bool isSix, string pod) => isSix ? Cluster.Address6(pod) : Cluster.Address(pod);
}
