using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Only the first fragment of a packet has ports.</summary>
public sealed class FragmentTests
{
    // Before packets are put together again, which is at -400.
    private const string EarlyNotrack = """
        table inet others { chain early { type filter hook prerouting priority -500; policy accept; notrack; }; chain earlyout { type filter hook output priority -500; policy accept; notrack; }; }
        """;

    private const int Open = 8080;
    private const int Shut = 8081;

    public FragmentTests() => Kernel.RequireLab();

    public static TheoryData<bool> Families => new(false, true);

    [Theory]
    [MemberData(nameof(Families))]
    public void A_packet_in_pieces_is_judged_as_the_whole_packet(bool isSix)
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy);
        foreach (int first in (int[])[8, 16, 56])
        {
            Assert.True(Arrived(wire, Packets.Fragments(Datagram(isSix, Cluster.Api, Open), first)) >= 64);
            Assert.Equal(0, Arrived(wire, Packets.Fragments(Datagram(isSix, Cluster.Api, Shut), first)));

            // The last piece first, as any network may deliver them.
            Assert.True(Arrived(wire, [.. Packets.Fragments(Datagram(isSix, Cluster.Api, Open), first).Reverse()]) >= 64);
            Assert.Equal(0, Arrived(wire, [.. Packets.Fragments(Datagram(isSix, Cluster.Api, Shut), first).Reverse()]));
        }

        // A later piece whose first never comes is nobody's packet.
        Assert.Equal(0, Arrived(wire, [Packets.Fragments(Datagram(isSix, Cluster.Other, Open), 16)[1]]));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Where_others_switch_tracking_off_a_later_piece_needs_a_rule_without_ports(bool isSix)
    {
        using Wire wire = new(Cluster.Inventory + Cluster.Policy, before: EarlyNotrack);
        byte[][] open = Packets.Fragments(Datagram(isSix, Cluster.Api, Open), 16), shut = Packets.Fragments(Datagram(isSix, Cluster.Api, Shut), 16);
        Assert.Single(wire.Send(Cluster.Api, open[0]));
        Assert.Empty(wire.Send(Cluster.Api, open[1]));
        Assert.Empty(wire.Send(Cluster.Api, shut[0]));
        Assert.Empty(wire.Send(Cluster.Api, shut[1]));

        byte[][] any = Packets.Fragments(Datagram(isSix, Cluster.Other, Shut), 16);
        Assert.Single(wire.Send(Cluster.Other, any[0]));
        Assert.Single(wire.Send(Cluster.Other, any[1]));
        Assert.Empty(wire.Connections());
    }

    private static byte[] Datagram(bool isSix, string from, int port) => isSix
        ? Packets.Udp(Cluster.Address6(from), Cluster.Address6(Cluster.Web), 4000 + port, port, payload: 64)
        : Packets.Udp(Cluster.Address(from), Cluster.Address(Cluster.Web), 4000 + port, port, payload: 64);

    // How many bytes of payload came out, in whatever pieces.
    private static int Arrived(Wire wire, byte[][] pieces)
    {
        int bytes = wire.Send(Cluster.Api, pieces).Where(a => a.At == Cluster.Web).Sum(a => a.Ip.Count(b => b == 0x5a));
        wire.Forget();
        return bytes;
    }
}
