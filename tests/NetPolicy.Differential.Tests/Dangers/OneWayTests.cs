using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>A flow without answers is no established connection to the kernel, and yet is judged once.</summary>
public sealed class OneWayTests
{
    private const string Rule = "np shop/web ingress 0";
    private const int Packets = 50;

    public OneWayTests() => Kernel.RequireLab();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_one_way_flow_is_judged_once_in_each_epoch(bool isSix)
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        byte[] packet = isSix
            ? Dangers.Packets.Udp(Cluster.Address6(Cluster.Api), Cluster.Address6(Cluster.Web), 4000, 8080)
            : Dangers.Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 8080);
        byte[][] many = [.. Enumerable.Repeat(packet, Packets)];
        Assert.Equal(Packets, wire.Send(Cluster.Api, many).Count);
        Assert.Equal(1ul, wire.Count(Rule));
        HashSet<int> epochs = [wire.Applier.Status().Generation];
        for (int i = 0; i < 10; i++)
        {
            epochs.Add((i % 2 == 0 ? wire.Put(Cluster.Unrelated) : wire.Take(Cluster.Unrelated)).Generation);
            Assert.Equal(Packets, wire.Send(Cluster.Api, many).Count);
            Assert.Equal((ulong)epochs.Count, wire.Count(Rule));
        }

        Assert.True(epochs.Count > 5);

        wire.Put(Cluster.Closed);
        Assert.Empty(wire.Send(Cluster.Api, many));
    }

    [Fact]
    public void A_server_that_goes_on_sending_is_cut_with_the_next_packet_of_its_client()
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        byte[] question = Dangers.Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 8080);
        byte[] answer = Dangers.Packets.Udp(Cluster.Address(Cluster.Web), Cluster.Address(Cluster.Api), 8080, 4000);
        Assert.True(wire.Passes(Cluster.Api, question, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, answer, Cluster.Api));
        wire.Put(Cluster.Closed);
        Assert.False(wire.Passes(Cluster.Api, question, Cluster.Web));
        Assert.False(wire.Passes(Cluster.Web, answer, Cluster.Api));

        // A denial has no epoch: what restricts others does not make the answers pass again.
        wire.Put(Cluster.Unrelated);
        Assert.False(wire.Passes(Cluster.Web, answer, Cluster.Api));
        wire.Put(Cluster.Policy);
        Assert.True(wire.Passes(Cluster.Api, question, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, answer, Cluster.Api));
    }

    [Fact]
    public void Forgetting_a_connection_does_not_bring_it_back_by_the_answers_of_its_server()
    {
        const string Ways = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: both, namespace: shop}
            spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]}

            """;
        using Wire wire = new(Cluster.Inventory + Cluster.Policy + "---\n" + Ways);
        string web = Cluster.Address(Cluster.Web), api = Cluster.Address(Cluster.Api);
        byte[] data = Dangers.Packets.Tcp(api, web, 4000, 8080, Dangers.Packets.Push, 1001, 5001, "hello"), served = Dangers.Packets.Tcp(web, api, 8080, 4000, Dangers.Packets.Push, 5001, 1006, "hello");
        Assert.True(wire.Passes(Cluster.Api, Dangers.Packets.Tcp(api, web, 4000, 8080, Dangers.Packets.Syn, 1000), Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, Dangers.Packets.Tcp(web, api, 8080, 4000, Dangers.Packets.SynAcknowledgement, 5000, 1001), Cluster.Api));
        Assert.True(wire.Passes(Cluster.Api, data, Cluster.Web));
        Assert.True(wire.Passes(Cluster.Web, served, Cluster.Api));

        // The server's next segment makes a new connection of it, the other way round: that is judged like any other.
        wire.Put(Cluster.Closed);
        wire.Forget();
        Assert.False(wire.Passes(Cluster.Web, served, Cluster.Api));
        Assert.False(wire.Passes(Cluster.Api, data, Cluster.Web));
    }
}
