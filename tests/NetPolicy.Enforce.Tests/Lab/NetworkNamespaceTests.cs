using System.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using Xunit;
using static NetPolicy.Enforce.Tests.Lab.Labs;

namespace NetPolicy.Enforce.Tests.Lab;

[Collection("named namespaces")]
public sealed class NetworkNamespaceTests
{
    public NetworkNamespaceTests() => Kernel.RequireLab();

    [Fact]
    public void What_runs_inside_sees_its_own_interfaces_only()
    {
        using NetworkNamespace space = NetworkNamespace.CreateAnonymous();
        Assert.Equal(0, space.RunProcess("ip", ["link", "add", "inside0", "type", "veth", "peer", "name", "inside1"]).ExitCode);

        Assert.Contains("inside0", space.RunProcess("ip", ["-o", "link"]).Output, StringComparison.Ordinal);
        Assert.Contains("inside0", space.Run(() => File.ReadAllText("/proc/thread-self/net/dev")), StringComparison.Ordinal);
        Assert.DoesNotContain("inside0", File.ReadAllText("/proc/thread-self/net/dev"), StringComparison.Ordinal);
        Assert.Null(space.Name);
    }

    [Fact]
    public void Exceptions_inside_are_thrown_outside()
    {
        using NetworkNamespace space = NetworkNamespace.CreateAnonymous();
        Assert.Throws<FormatException>(() => space.Run(() => throw new FormatException()));
        LabException exception = Assert.Throws<LabException>(() => space.RunProcess("no-such-program", []));
        Assert.Contains("no-such-program", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_started_process_stays_inside()
    {
        using NetworkNamespace space = NetworkNamespace.CreateAnonymous();
        space.RunProcess("ip", ["link", "add", "inside0", "type", "veth", "peer", "name", "inside1"]).ThrowIfFailed();
        using Process process = space.StartProcess(new ProcessStartInfo("cat", ["/proc/self/net/dev"]) { RedirectStandardOutput = true });
        Assert.Contains("inside0", process.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
    }

    [Fact]
    public void A_disposed_namespace_cannot_be_entered()
    {
        NetworkNamespace space = NetworkNamespace.CreateAnonymous();
        space.Dispose();
        space.Dispose();
        Assert.Throws<ObjectDisposedException>(() => space.Run(() => { }));
    }

    [Fact]
    public void Named_namespaces_can_be_opened_by_name_until_disposed()
    {
        using NetworkNamespace space = NetworkNamespace.CreateNamed("named");
        string name = space.Name!;
        Assert.StartsWith(NetworkNamespace.Prefix, name, StringComparison.Ordinal);
        space.RunProcess("ip", ["link", "add", "inside0", "type", "veth", "peer", "name", "inside1"]).ThrowIfFailed();

        using (NetworkNamespace opened = NetworkNamespace.Open(name))
        {
            Assert.Contains("inside0", opened.RunProcess("ip", ["-o", "link"]).Output, StringComparison.Ordinal);
        }

        Assert.Contains(name, NetworkNamespace.CreateAnonymous().RunProcess("ip", ["netns", "list"]).Output, StringComparison.Ordinal);
        space.Dispose();
        Assert.Throws<LabException>(() => NetworkNamespace.Open(name));
        Assert.Throws<ArgumentException>(() => NetworkNamespace.Open("../proc/1/ns/net"));
        Assert.Throws<ArgumentException>(() => NetworkNamespace.CreateNamed("a/b"));
    }

    [Fact]
    public void Sweeping_deletes_what_ended_processes_left_and_nothing_else()
    {
        using NetworkNamespace alive = NetworkNamespace.CreateNamed("alive");
        using Process ended = Process.Start(new ProcessStartInfo("true"))!;
        ended.WaitForExit();
        string left = $"{NetworkNamespace.Prefix}{ended.Id}-12345-1-h";
        string earlier = $"{NetworkNamespace.Prefix}{Environment.ProcessId}-1-1-h";
        using NetworkNamespace anywhere = NetworkNamespace.CreateAnonymous();
        anywhere.RunProcess("ip", ["netns", "add", left]).ThrowIfFailed();
        anywhere.RunProcess("ip", ["netns", "add", earlier]).ThrowIfFailed();

        NetworkNamespace.Sweep();

        string names = anywhere.RunProcess("ip", ["netns", "list"]).Output;
        Assert.DoesNotContain(left, names, StringComparison.Ordinal);
        Assert.DoesNotContain(earlier, names, StringComparison.Ordinal);
        Assert.Contains(alive.Name!, names, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_lab_can_be_entered_by_name_and_leaves_no_name()
    {
        string name;
        using (PacketLab lab = PacketLab.Build(Small(), new LabOptions { NameHosts = true }))
        {
            name = lab.Host("n1").Name!;
            using NetworkNamespace entered = NetworkNamespace.Open(name);
            entered.RunProcess("nft", ["-f", "-"], "table inet t { chain f { type filter hook forward priority 0; drop; }; }").ThrowIfFailed();
            Assert.False(lab.Run(Probe(A, "10.1.0.2", Tcp, 80)).Passed);
        }

        Assert.False(File.Exists("/run/netns/" + name));
    }
}
