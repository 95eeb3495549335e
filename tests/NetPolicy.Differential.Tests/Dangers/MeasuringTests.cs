using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>What can go wrong with the measuring itself.</summary>
public sealed class MeasuringTests
{
    public MeasuringTests() => Kernel.RequireLab();

    [Fact]
    public void Packets_that_found_no_place_in_the_lab_are_noticed_and_not_taken_for_dropped_ones()
    {
        using Wire wire = new(Cluster.Inventory);
        byte[] packet = Packets.Udp(Cluster.Address(Cluster.Api), Cluster.Address(Cluster.Web), 4000, 8080);
        using (Senders senders = new(wire, Cluster.Api, Enumerable.Repeat(packet, 50_000)))
        {
            Assert.Equal(100_000, senders.Finish());
        }

        LabException thrown = Assert.Throws<LabException>(() => wire.Send(Cluster.Api, packet));
        Assert.Contains("did not fit", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_checksum_makes_a_packet_belong_to_nothing(bool isSix)
    {
        using Wire wire = new(Cluster.Inventory);
        string api = isSix ? Cluster.Address6(Cluster.Api) : Cluster.Address(Cluster.Api), web = isSix ? Cluster.Address6(Cluster.Web) : Cluster.Address(Cluster.Web);
        byte[] packet = Packets.Udp(api, web, 4000, 8080);
        byte[] damaged = [.. packet[..^1], (byte)(packet[^1] ^ 0xff)];
        Assert.False(wire.Passes(Cluster.Api, damaged, Cluster.Web));
        Assert.Equal(1ul, wire.Count("netpol invalid"));
        Assert.True(wire.Passes(Cluster.Api, packet, Cluster.Web));
    }
}
