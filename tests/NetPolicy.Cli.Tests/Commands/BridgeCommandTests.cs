using System.Diagnostics;
using System.Globalization;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary><c>apply --bridge</c> in a network namespace with a bridge and pods as its ports.</summary>
public sealed class BridgeCommandTests : IDisposable
{
    private const string Documents = """
        apiVersion: v1
        kind: Node
        metadata: {name: node1}
        spec: {podCIDRs: [10.244.0.0/24]}
        status: {addresses: [{type: InternalIP, address: 10.244.0.1}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: shop}
        spec: {nodeName: node1}
        status: {podIPs: [{ip: 10.244.0.2}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: shop}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        """;

    private readonly string _node = string.Create(CultureInfo.InvariantCulture, $"npbr-{Environment.ProcessId}");
    private readonly string _pod = string.Create(CultureInfo.InvariantCulture, $"npbr-{Environment.ProcessId}-a");
    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-bridge").FullName;

    [Fact]
    public void A_bridged_pod_is_refused_until_its_bridge_is_named_and_then_pinned_with_the_rules()
    {
        Make();
        NetpolResult refused = Apply();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error NP5011: policy of `shop/a` is not enforced: 10.244.0.2 is routed to bridge `cni0`", refused.Error, StringComparison.Ordinal);
        Assert.Contains("name the bridge by `--bridge cni0`", refused.Error, StringComparison.Ordinal);
        Assert.Equal("", Nft("list", "ruleset"));

        NetpolResult applied = Apply("--bridge", "cni0");
        Assert.Equal((0, ""), (applied.ExitCode, applied.Error));
        Assert.Contains("\"va\" . 02:00:00:00:00:02 . 10.244.0.2", Nft("list", "set", "bridge", "netpol", "pin4"), StringComparison.Ordinal);
        Assert.Contains("\"cni0\" . 10.244.0.2 : jump", Nft("list", "map", "inet", "netpol", "into4_1"), StringComparison.Ordinal);
        NetpolResult again = Apply("--bridge", "cni0");
        Assert.EndsWith("generation 1\n", again.Output, StringComparison.Ordinal);
        Assert.Contains("0 packets  netpol forged frame\n", Netpol.Run("status", "--netns", _node).Output, StringComparison.Ordinal);

        Assert.Equal(0, Netpol.Run("uninstall", "--netns", _node).ExitCode);
        Assert.Equal("", Nft("list", "ruleset"));
    }

    [Fact]
    public void A_bridge_that_keeps_packets_from_the_rules_is_refused_unless_that_is_accepted()
    {
        Make();
        Start("ip", "netns", "exec", _node, "sh", "-c", "echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables");
        NetpolResult refused = Apply("--bridge", "cni0");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(
            "error NP5017: bridge `cni0`: packets between its ports meet no rule: `net.bridge.bridge-nf-call-iptables` is 0, expected 1 (IPv4)\n"
            + "    correct the bridge or the setting, or accept it by `--accept-unenforced bridge:cni0`",
            refused.Error,
            StringComparison.Ordinal);
        Assert.Equal("", Nft("list", "ruleset"));
        NetpolResult accepted = Apply("--bridge", "cni0", "--accept-unenforced", "bridge:cni0");
        Assert.Equal(0, accepted.ExitCode);
        Assert.Contains("warning NP5017", accepted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pins_are_on_trial_with_the_rules_where_there_were_none_and_cannot_change_on_trial()
    {
        Make();
        string[] bridge = ["--bridge", "cni0"];
        Assert.Equal(0, Apply([.. bridge, "--confirm", "1s"]).ExitCode);
        Assert.Contains("ether type != @armed return", Nft("list", "chain", "bridge", "netpol", "h_arrive"), StringComparison.Ordinal);
        Thread.Sleep(1500);
        Assert.Equal(3, Netpol.Run("confirm", "--netns", _node).ExitCode);
        Assert.Equal(0, Apply([.. bridge, "--confirm", "30s"]).ExitCode);
        Assert.Equal(0, Netpol.Run("rollback", "--netns", _node).ExitCode);
        Assert.Equal("", Nft("list", "ruleset"));

        Assert.Equal(0, Apply([.. bridge, "--confirm", "30s"]).ExitCode);
        Assert.Equal(0, Netpol.Run("confirm", "--netns", _node).ExitCode);
        Assert.DoesNotContain("armed", Nft("list", "ruleset"), StringComparison.Ordinal);
        string pins = Nft("list", "table", "bridge", "netpol");
        Assert.Equal(0, Apply(bridge).ExitCode);
        Assert.Equal(pins, Nft("list", "table", "bridge", "netpol"));
        Assert.Equal(0, Apply([.. bridge, "--confirm", "30s"]).ExitCode);
        Assert.Equal(0, Netpol.Run("confirm", "--netns", _node).ExitCode);

        NetpolResult trial = Apply("--confirm", "30s", "--accept-unenforced", "pod");
        Assert.Equal(3, trial.ExitCode);
        Assert.Contains("that cannot be on trial: apply without --confirm", trial.Error, StringComparison.Ordinal);
        Assert.Equal(pins, Nft("list", "table", "bridge", "netpol"));
    }

    [Fact]
    public void Ports_that_are_written_count_more_than_what_is_seen()
    {
        Make();
        File.WriteAllText(Path.Combine(_folder, "ports"), "cni0 va 02:00:00:00:00:77 10.244.0.2 # another card\n");
        string[] ports = ["--bridge", "cni0", "--bridge-ports", Path.Combine(_folder, "ports")];
        Assert.Equal(0, Apply(ports).ExitCode);
        Assert.Contains("\"va\" . 02:00:00:00:00:77 . 10.244.0.2", Nft("list", "set", "bridge", "netpol", "pin4"), StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_folder, "ports"), "cni0 va 10.244.0.2\n");
        NetpolResult wrong = Apply(ports);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("ports:1: found 3 words, expected a bridge, a port, a link-layer address and the addresses behind it", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, Apply("--bridge", "a b").ExitCode);
    }

    [Fact]
    public void An_agent_lets_a_pod_in_when_its_port_comes_and_puts_pins_right()
    {
        Make();
        Start("ip", "-n", _node, "link", "delete", "va");
        string[] arguments = ["agent", "--netns", _node, "--node", "node1", "--bridge", "cni0", "--for", "120s", "-o", "json", Path.Combine(_folder, "shop.yaml")];
        using Process agent = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "netpol.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        agent.BeginErrorReadLine();
        try
        {
            Assert.Contains("\"applied\"", agent.StandardOutput.ReadLine(), StringComparison.Ordinal);
            Assert.DoesNotContain("table bridge netpol", Nft("list", "tables"), StringComparison.Ordinal);
            foreach (string command in (string[])
            [
                $"-n {_pod} link add eth0 address 02:00:00:00:00:02 type veth peer name va netns {_node}", $"-n {_pod} addr add 10.244.0.2/24 dev eth0", $"-n {_pod} link set eth0 up",
                $"-n {_node} link set va up", $"-n {_node} link set va master cni0",
            ])
            {
                Start("ip", command.Split(' '));
            }

            Assert.Contains("\"applied\"", agent.StandardOutput.ReadLine(), StringComparison.Ordinal);
            Assert.True(SpinWait.SpinUntil(() => Nft("list", "tables").Contains("table bridge netpol", StringComparison.Ordinal), 20_000));
            Assert.True(SpinWait.SpinUntil(() => Nft("list", "set", "bridge", "netpol", "pin4").Contains("\"va\" . 02:00:00:00:00:02 . 10.244.0.2", StringComparison.Ordinal), 20_000));

            Nft("flush", "chain", "bridge", "netpol", "h_arrive");
            Assert.True(SpinWait.SpinUntil(() => Nft("list", "chain", "bridge", "netpol", "h_arrive").Contains("goto from_pod", StringComparison.Ordinal), 20_000));
        }
        finally
        {
            agent.Kill();
            agent.WaitForExit();
        }
    }

    [Fact]
    public void Status_tells_of_pins_that_somebody_changed_and_rollback_puts_them_right()
    {
        Make();
        string[] state = ["--state", Path.Combine(_folder, "state")];
        Assert.Equal(0, Apply(["--bridge", "cni0", .. state]).ExitCode);
        Assert.Equal(0, Netpol.Run(["status", "--netns", _node, .. state], "").ExitCode);
        Nft("add", "element", "bridge", "netpol", "pin4", "{ \"va\" . 02:00:00:00:00:02 . 10.244.0.9 }");
        NetpolResult drifted = Netpol.Run(["status", "--netns", _node, .. state], "");
        Assert.Equal(1, drifted.ExitCode);
        Assert.Contains("bridge set pin4 was changed", drifted.Output, StringComparison.Ordinal);
        Assert.Equal(0, Netpol.Run(["rollback", "--netns", _node, .. state], "").ExitCode);
        Assert.Equal(0, Netpol.Run(["status", "--netns", _node, .. state], "").ExitCode);

        Start("ip", "netns", "exec", _node, "sh", "-c", "echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables");
        NetpolResult open = Netpol.Run(["status", "--netns", _node, .. state], "");
        Assert.Equal(1, open.ExitCode);
        Assert.Contains("NP5017", open.Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (string name in (string[])[_pod, _node])
        {
            using Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "delete", name]) { RedirectStandardError = true })!;
            process.WaitForExit();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private NetpolResult Apply(params string[] more) => Netpol.Run(["apply", "--netns", _node, "--node", "node1", Path.Combine(_folder, "shop.yaml"), .. more], "");

    private void Make()
    {
        Kernel.RequireLab();
        if (!Directory.Exists("/proc/sys/net/bridge"))
        {
            throw new InvalidOperationException(Xunit.v3.DynamicSkipToken.Value + "the kernel has no br_netfilter: /proc/sys/net/bridge does not exist");
        }

        File.WriteAllText(Path.Combine(_folder, "shop.yaml"), Documents);
        foreach (string command in (string[])
        [
            $"netns add {_node}", $"netns add {_pod}", $"-n {_node} link add cni0 type bridge", $"-n {_node} link set cni0 up", $"-n {_node} addr add 10.244.0.1/24 dev cni0",
            $"-n {_node} link add va master cni0 type veth peer name eth0 netns {_pod}", $"-n {_node} link set va up",
            $"-n {_pod} link set eth0 address 02:00:00:00:00:02", $"-n {_pod} link set eth0 up", $"-n {_pod} addr add 10.244.0.2/24 dev eth0",
        ])
        {
            Start("ip", command.Split(' '));
        }
    }

    private string Nft(params string[] arguments) => Start("ip", ["netns", "exec", _node, "nft", .. arguments]);

    private static string Start(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}");
        return output;
    }
}
