using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using NetPolicy.Laws;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Enforce.Tests.Observation;

/// <summary>What is read of a machine is what was put there.</summary>
[Collection("named namespaces")]
public sealed class ObservationTests
{
    [Fact]
    public void Interfaces_addresses_routes_and_listening_ports_are_read_from_the_kernel()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("facts");
        Ip(place, "link set lo up", "link add eth0 type veth peer name caliweb", "link add cni0 type bridge", "link set caliweb master cni0",
            "address add 192.0.2.1/24 dev eth0", "address add 2001:db8::1/64 dev eth0 nodad", "link set eth0 up", "link set caliweb up",
            "route add default via 192.0.2.254", "route add 172.20.1.10/32 dev eth0 metric 7", "route add blackhole 198.51.100.0/24");
        HostFacts facts = place.Run(() =>
        {
            using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Any, 2222);
            listener.Start();
            return HostFacts.Read(place.Name);
        });

        HostInterface eth0 = facts.Find("eth0")!;
        Assert.True(eth0.IsUp);
        Assert.Equal("veth", eth0.Kind);
        Assert.Contains(IpAddress.Parse("192.0.2.1"), eth0.Addresses.AsEnumerable());
        Assert.Contains(IpAddress.Parse("2001:db8::1"), eth0.Addresses.AsEnumerable());
        Assert.Equal("cni0", facts.Find("caliweb")!.Master);
        Assert.Equal("bridge", facts.Find("cni0")!.Kind);
        Assert.Equal(new HostRoute(IpPrefix.AllIPv4, "eth0", 0), facts.RouteTo(IpAddress.Parse("203.0.113.9")));
        Assert.Equal(new HostRoute(IpPrefix.Parse("172.20.1.10/32"), "eth0", 7), facts.RouteTo(IpAddress.Parse("172.20.1.10")));
        Assert.Null(facts.RouteTo(IpAddress.Parse("198.51.100.9"))!.Interface);
        Assert.Contains(facts.Listeners.AsEnumerable(), l => l is { Port: 2222, Process: not null } && l.Protocol == Protocol.Tcp);
        Assert.Empty(facts.Unread);
    }

    [Fact]
    public void Tables_of_others_and_programs_on_interfaces_are_read_from_the_kernel()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("facts");
        Ip(place, "link add eth0 type veth peer name wire");
        place.RunProcess("nft", ["-f", "-"], """
            table ip filter { chain cali-FORWARD { accept; }; chain FORWARD { type filter hook forward priority 0; policy drop; jump cali-FORWARD; }; }
            table inet raw { chain pre { type filter hook prerouting priority -450; udp dport 53 notrack; }; }
            table inet netpol { comment "netpol managed table, x"; chain h_fwd { type filter hook forward priority 0; drop; }; }
            """).ThrowIfFailed();
        place.RunProcess("tc", ["qdisc", "add", "dev", "eth0", "clsact"]).ThrowIfFailed();
        FilterFacts facts = FilterFacts.Read(place.Name);
        Assert.Empty(facts.Unread);
        Assert.Empty(facts.Programs);
        Assert.DoesNotContain(facts.Chains.AsEnumerable(), c => c.Name == "h_fwd");
        Assert.Contains(facts.Chains.AsEnumerable(), c => c is { Table: "ip filter", Name: "FORWARD", Hook: "forward", DropsByPolicy: true });
        Assert.Equal(["engine:calico", "notrack"], EnforcementGaps.Find(HostFacts.Read(place.Name), facts, []).Select(g => g.Name));

        // The smallest program there is: accept.
        NamespaceProcessResult attached = place.RunProcess("tc", ["filter", "add", "dev", "eth0", "ingress", "bpf", "da", "bytecode", "1,6 0 0 4294967295,"]);
        if (attached.ExitCode == 0)
        {
            Assert.Contains(new PacketProgram("eth0", "tc ingress"), FilterFacts.Read(place.Name).Programs.AsEnumerable());
        }
    }

    private static void Ip(NetworkNamespace place, params string[] commands)
    {
        foreach (string command in commands)
        {
            place.RunProcess("ip", command.Split(' ')).ThrowIfFailed();
        }
    }
}
