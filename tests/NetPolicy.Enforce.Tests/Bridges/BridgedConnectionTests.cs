using System.Net;
using System.Net.Sockets;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Bridges;

/// <summary>Whole connections of real network stacks behind a bridge: they find each other, answer, and end when policy says so.</summary>
[Collection("named namespaces")]
public sealed class BridgedConnectionTests
{
    private const int Port = 8080;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pods_of_one_bridge_the_node_and_other_networks_connect_as_policy_says(bool isV6)
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        using Socket listener = Listen(lab, "b", isV6, Port), closed = Listen(lab, "b", isV6, Port + 1), outside = Listen(lab, "out", isV6, Port), node = Listen(lab, "host", isV6, Port);

        Assert.Equal("hello", Talk(lab, "a", listener, BridgeLab.Address("b", isV6)));
        Assert.Equal("hello", Talk(lab, "out", listener, BridgeLab.Address("b", isV6)));
        Assert.Equal("hello", Talk(lab, "host", closed, BridgeLab.Address("b", isV6)));
        Assert.Equal("hello", Talk(lab, "a", outside, BridgeLab.Address("out", isV6)));
        Assert.Null(Talk(lab, "a", closed, BridgeLab.Address("b", isV6)));
        Assert.Null(Talk(lab, "c", listener, BridgeLab.Address("b", isV6)));
        Assert.Null(Talk(lab, "c", outside, BridgeLab.Address("out", isV6)));
        Assert.Null(Talk(lab, "x", listener, BridgeLab.Address("b", isV6)));
        Assert.Null(Talk(lab, "x", node, BridgeLab.Address("host", isV6)));
    }

    [Fact]
    public void What_the_node_translates_is_judged_by_the_pod_it_leads_to_and_its_answer_finds_back()
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        lab.Host.RunProcess("nft", ["-f", "-"], """
            table ip services {
              chain pre { type nat hook prerouting priority dstnat; ip daddr 10.96.0.1 tcp dport 80 dnat to 10.244.0.3:8080; }
            }
            """).ThrowIfFailed();
        using Socket listener = Listen(lab, "b", isV6: false, Port);
        Assert.Equal("hello", Talk(lab, "a", listener, "10.96.0.1", 80));
        Assert.Null(Talk(lab, "c", listener, "10.96.0.1", 80));
    }

    [Fact]
    public void Packets_that_are_longer_than_the_link_arrive_in_pieces()
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        foreach (bool isV6 in (bool[])[false, true])
        {
            IPAddress address = IPAddress.Parse(BridgeLab.Address("b", isV6));
            using Socket to = lab.Pod("b").Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
            using Socket from = lab.Pod("a").Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
            to.Bind(new IPEndPoint(address, Port));
            to.ReceiveTimeout = 2000;
            from.SendTo(new byte[6000], new IPEndPoint(address, Port));
            Assert.Equal(6000, to.Receive(new byte[9000]));
        }
    }

    [Fact]
    public void A_connection_between_two_ports_ends_when_policy_denies_it()
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        using Socket listener = Listen(lab, "b", isV6: false, Port);
        using Socket client = Connect(lab, "a", BridgeLab.Address("b", isV6: false), Port)!;
        using Socket server = listener.Accept();
        Assert.True(Says(client, server));
        applier.Apply(BridgeLab.Compile(BridgeLab.Policies.Replace("matchLabels: {app: a}}}, {ip", "matchLabels: {app: nobody}}}, {ip", StringComparison.Ordinal)));
        Assert.False(Says(client, server, 500));
        Assert.False(Says(server, client, 500));
        applier.Apply(BridgeLab.Compile());
        Assert.True(Says(client, server));
    }

    [Fact]
    public void The_text_for_bridged_pods_is_the_one_that_was_reviewed()
    {
        string text = NftWriter.Write(BridgeLab.Compile());
        string folder = Path.Combine(Root, "tests", "golden", "ruleset", "bridged");
        if (Environment.GetEnvironmentVariable("NETPOLICY_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "input.yaml"), BridgeLab.Documents + BridgeLab.Policies + "\n");
            File.WriteAllText(Path.Combine(folder, "node1.nft"), text);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(folder, "node1.nft")), text);
        Assert.Equal([NftFamily.Inet, NftFamily.Bridge], NftRuleset.Parse(text).Tables.Select(t => t.Family));
    }

    private static void Require()
    {
        Kernel.RequireLab();
        if (BridgeLab.WhyNot is { } reason)
        {
            throw new InvalidOperationException(Xunit.v3.DynamicSkipToken.Value + reason);
        }
    }

    private static Socket Listen(BridgeLab lab, string who, bool isV6, int port)
    {
        IPAddress address = IPAddress.Parse(BridgeLab.Address(who, isV6));
        Socket listener = lab.Pod(who).Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen();
        return listener;
    }

    // Null if it does not come about in time.
    private static Socket? Connect(BridgeLab lab, string from, string to, int port)
    {
        IPAddress address = IPAddress.Parse(to);
        Socket socket = lab.Pod(from).Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using CancellationTokenSource late = new(TimeSpan.FromMilliseconds(300));
        try
        {
            socket.ConnectAsync(new IPEndPoint(address, port), late.Token).AsTask().GetAwaiter().GetResult();
            return socket;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static string? Talk(BridgeLab lab, string from, Socket listener, string to, int? port = null)
    {
        using Socket? client = Connect(lab, from, to, port ?? ((IPEndPoint)listener.LocalEndPoint!).Port);
        if (client is null)
        {
            return null;
        }

        using Socket server = listener.Accept();
        server.Send("hello"u8);
        byte[] heard = new byte[5];
        client.ReceiveTimeout = 2000;
        return client.Receive(heard) == 5 ? System.Text.Encoding.ASCII.GetString(heard) : null;
    }

    // Whether a byte arrives; those sent in vain arrive later, if ever.
    private static bool Says(Socket from, Socket to, int milliseconds = 5000)
    {
        while (to.Available > 0)
        {
            _ = to.Receive(new byte[100]);
        }

        from.Send("."u8);
        return SpinWait.SpinUntil(() => to.Available > 0, milliseconds);
    }

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "NetPolicy.sln")))
        {
            at = Path.GetDirectoryName(at);
        }

        return at ?? throw new InvalidOperationException("no NetPolicy.sln above the test");
    }
}
