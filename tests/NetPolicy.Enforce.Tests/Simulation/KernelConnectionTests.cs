using System.Net;
using System.Net.Sockets;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.Tests.Lab;
using NetPolicy.Laws;
using Xunit;
using Packet = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>
/// Connections with answers, translations and ICMP errors: real sockets on one side, the same packets written down on the
/// other, and every match of the catalogue must count them alike at every hook.
/// </summary>
public sealed class KernelConnectionTests
{
    private const string Nat = """
        table ip nat {
          chain pre { type nat hook prerouting priority dstnat; ip daddr 203.0.113.9 udp dport 99 dnat to 10.1.0.2:5353; }
          chain out { type nat hook output priority -100; ip daddr 203.0.113.9 udp dport 99 dnat to 10.1.0.2:5353; }
          chain post { type nat hook postrouting priority srcnat; ip saddr 10.0.0.0/8 oifname "eth0" masquerade; }
        }
        """;

    private static readonly (string Hook, string Prefix)[] Everywhere =
        [("prerouting", "p"), ("input", "i"), ("forward", "f"), ("output", "o"), ("postrouting", "q")];

    public KernelConnectionTests() => Kernel.RequireLab();

    [Fact]
    public void Answers_translations_and_errors_are_counted_as_the_kernel_counts_them()
    {
        string text = $"{MatchCatalogue.Counting(Everywhere)}\n{Nat}";
        using SocketLab lab = SocketLab.Build(Labs.Small());
        lab.LoadRuleset(text);
        Talk(lab);
        IReadOnlyDictionary<string, ulong> counted = lab.ReadCounters("n1");

        NftMachine machine = new(NftRuleset.Parse(text));
        Replay(new PacketWalk(machine, new LabWorld(lab.Topology).Host));

        NftRule[] rules = [.. Everywhere.SelectMany(at => machine.Ruleset.FindChain("catalogue", at.Prefix)!.Rules)
            .Where(rule => rule.Comment is not null && !rule.Text.Contains("th ", StringComparison.Ordinal) && !rule.Text.Contains("@th", StringComparison.Ordinal))];
        Assert.Equal([], rules
            .Select(rule => (rule.Text, Kernel: (long)counted[rule.Comment!], Simulator: machine.CounterOf(rule).Packets))
            .Where(one => one.Kernel != one.Simulator)
            .Select(one => $"{one.Text}: kernel {one.Kernel}, simulator {one.Simulator}"));
        Assert.Equal(["f", "i", "o", "p", "q"], rules.Where(rule => rule.Text.StartsWith("meta nfproto ipv4", StringComparison.Ordinal) && machine.CounterOf(rule).Packets > 0)
            .Select(rule => rule.Chain.Name).Order(StringComparer.Ordinal));
    }

    private static void Talk(SocketLab lab)
    {
        NetworkNamespace a = lab.Pod("shop/a");
        NetworkNamespace host = lab.Host("n1");
        using Socket server = lab.Pod("shop/b").Run(() => Bound("10.1.0.2", 5353));

        using Socket client = a.Run(() => Connected("10.1.0.1", 5000, "203.0.113.9", 99));
        client.Send([1]);
        Answer(server);
        Assert.Equal(1, client.Receive(new byte[8]));
        client.Send([2]);
        Assert.Equal(1, server.Receive(new byte[8]));

        using Socket refused = a.Run(() => Connected("10.1.0.1", 5001, "10.1.0.2", 9));
        AssertRefused(refused);
        using Socket masqueraded = a.Run(() => Connected("10.1.0.1", 5002, "203.0.113.9", 7));
        AssertRefused(masqueraded);

        using Socket local = host.Run(() => Connected("192.0.2.1", 6000, "203.0.113.9", 99));
        local.Send([3]);
        Answer(server);
        Assert.Equal(1, local.Receive(new byte[8]));
        using Socket loop = host.Run(() => Connected("192.0.2.1", 6001, "192.0.2.1", 9));
        AssertRefused(loop);
    }

    private static void Replay(PacketWalk walk)
    {
        Packet toService = Packets.Udp("10.1.0.1", "203.0.113.9", 99, 5000, "cali00000001");
        Accepted(walk.Receive(toService));
        Accepted(walk.Receive(Packets.Udp("10.1.0.2", "10.1.0.1", 5000, 5353, "cali00000002")));
        Accepted(walk.Receive(toService));

        Packet toClosed = Packets.Udp("10.1.0.1", "10.1.0.2", 9, 5001, "cali00000001");
        Accepted(walk.Receive(toClosed));
        Accepted(walk.Receive(Unreachable("10.1.0.2", "10.1.0.1", toClosed, "cali00000002")));

        Accepted(walk.Receive(Packets.Udp("10.1.0.1", "203.0.113.9", 7, 5002, "cali00000001")));
        Accepted(walk.Receive(Unreachable("203.0.113.9", "192.0.2.1", Packets.Udp("192.0.2.1", "203.0.113.9", 7, 5002), "eth0")));

        Accepted(walk.Send(Packets.Udp("192.0.2.1", "203.0.113.9", 99, 6000)));
        Accepted(walk.Receive(Packets.Udp("10.1.0.2", "192.0.2.1", 6000, 5353, "cali00000002")));

        Packet toSelf = Packets.Udp("192.0.2.1", "192.0.2.1", 9, 6001);
        Accepted(walk.Send(toSelf));
        Accepted(walk.Send(Unreachable("192.0.2.1", "192.0.2.1", toSelf, null)));

        static void Accepted(WalkOutcome outcome) => Assert.Equal(NftVerdict.Accept, outcome.Verdict);
    }

    /// <summary>The kernel sends errors with the precedence of network control.</summary>
    private static Packet Unreachable(string source, string destination, Packet about, string? input) =>
        Packets.Icmp(source, destination, 3, 3, input) with { Inner = about, TrafficClass = 0xc0 };

    private static Socket Bound(string address, int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }

    private static Socket Connected(string address, int port, string remote, int remotePort)
    {
        Socket socket = Bound(address, port);
        socket.Connect(new IPEndPoint(IPAddress.Parse(remote), remotePort));
        return socket;
    }

    private static void Answer(Socket server)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(1, server.ReceiveFrom(new byte[8], ref from));
        server.SendTo([9], from);
    }

    private static void AssertRefused(Socket socket)
    {
        socket.Send([1]);
        SocketException error = Assert.Throws<SocketException>(() => socket.Receive(new byte[8]));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }
}
