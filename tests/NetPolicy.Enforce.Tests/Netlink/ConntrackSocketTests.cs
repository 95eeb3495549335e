using System.Net;
using System.Net.Sockets;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Netlink;

public sealed class ConntrackSocketTests
{
    private const uint Ours = 0x7fff0000;

    [Fact]
    public void Connections_are_found_by_mark_and_address_marked_and_forgotten()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        place.RunProcess("ip", ["link", "set", "lo", "up"]).ThrowIfFailed();
        place.RunProcess("nft", ["-f", "-"], """
            table inet t {
              chain o {
                type filter hook output priority 0; policy accept;
                ip daddr 127.0.0.2 ct mark set 0x00050080
                ip daddr 127.0.0.3 ct mark set 0x00060080
                ip6 daddr ::1 ct mark set 0x00050001
              }
            }
            """).ThrowIfFailed();
        place.Run(() =>
        {
            Send(IPAddress.Parse("127.0.0.2"), 300);
            Send(IPAddress.Parse("127.0.0.3"), 10);
            Send(IPAddress.IPv6Loopback, 5);
        });
        using ConntrackSocket connections = new(place);

        Assert.Equal(315, connections.List().Count);
        List<ConntrackEntry> old = connections.List(0x00050000, Ours);
        Assert.Equal(305, old.Count);
        Assert.All(old, e => Assert.Equal(17, e.Protocol));
        ConntrackEntry one = connections.ListOf(IpAddress.Parse("::1"))[0];
        Assert.Equal((IpAddress.Parse("::1"), IpAddress.Parse("::1"), (ushort)5000, 0x00050001u), (one.Source, one.ReplySource, one.DestinationPort, one.Mark));

        // A generation's marks are swept, others' bits stay.
        Assert.Equal(305, connections.Sweep(0x00050000, Ours));
        Assert.Empty(connections.List(0x00050000, Ours));
        Assert.All(connections.ListOf(IpAddress.Parse("127.0.0.2")), e => Assert.Equal(0x80u, e.Mark));
        Assert.All(connections.ListOf(IpAddress.Parse("127.0.0.3")), e => Assert.Equal(0x00060080u, e.Mark));
        Assert.Equal(10, connections.SetMarks(connections.ListOf(IpAddress.Parse("127.0.0.3")), 0x40000000, Ours));
        Assert.Equal(10, connections.List(0x40000080, uint.MaxValue).Count);

        Assert.Equal(300, connections.Reset([IpAddress.Parse("127.0.0.2")], 0, 0));
        Assert.Equal(15, connections.List().Count);

        // What ended since it was listed is no refusal.
        Assert.Equal(5, connections.SetMarks(old, 0, Ours));
        Assert.Equal(5, connections.Forget(old));
        Assert.Equal(0, connections.Forget(old));
    }

    private static void Send(IPAddress to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using Socket socket = new(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 20_000 + i));
            socket.SendTo([1], new IPEndPoint(to, 5000));
        }
    }
}
