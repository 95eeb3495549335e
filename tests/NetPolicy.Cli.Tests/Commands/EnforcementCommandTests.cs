using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NetPolicy.Enforce.State;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary><c>apply</c>, <c>status</c> and <c>uninstall</c> in a network namespace of the test's own.</summary>
public sealed class EnforcementCommandTests : IDisposable
{
    private readonly string _netns = string.Create(CultureInfo.InvariantCulture, $"npcli-{Environment.ProcessId}");
    private bool _made;

    [Fact]
    public void What_is_applied_is_shown_and_can_be_taken_away()
    {
        MakeNamespace();
        Assert.Equal((1, $"nothing of ours is loaded on network namespace {_netns}\n"), Ended(Netpol.Run("status", "--netns", _netns)));

        NetpolResult applied = Apply();
        Assert.Equal(0, applied.ExitCode);
        Assert.Matches($"^applied to network namespace {_netns}: node node1, [0-9]+ endpoint classes, [0-9]+ peer identities, generation 1\n$", applied.Output);

        NetpolResult status = Netpol.Run("status", "--netns", _netns);
        Assert.Equal(0, status.ExitCode);
        Assert.StartsWith($"table netpol on network namespace {_netns}, generation 1\n", status.Output, StringComparison.Ordinal);
        Assert.Contains("           0 packets  np shop/web ingress 0\n", status.Output, StringComparison.Ordinal);

        JsonElement json = Netpol.Run("status", "--netns", _netns, "-o", "json").Json;
        Assert.Equal("netpol", json.GetProperty("table").GetString());
        Assert.True(json.GetProperty("installed").GetBoolean());
        Assert.Equal(1, json.GetProperty("generation").GetInt32());
        Assert.Contains(json.GetProperty("counters").EnumerateArray(), c => c.GetProperty("rule").GetString() == "np shop/web ingress 0" && c.GetProperty("packets").GetInt64() == 0);

        Assert.Equal((0, $"removed from network namespace {_netns}\n"), Ended(Netpol.Run("uninstall", "--netns", _netns)));
        Assert.Equal((0, $"nothing of ours was loaded on network namespace {_netns}\n"), Ended(Netpol.Run("uninstall", "--netns", _netns)));
        Assert.Equal("", Nft("list", "ruleset"));
    }

    [Fact]
    public void Applying_the_same_again_changes_nothing()
    {
        MakeNamespace();
        Apply();
        string before = Nft("list", "ruleset");
        Assert.EndsWith("generation 1\n", Apply().Output, StringComparison.Ordinal);
        Assert.Equal(before, Nft("list", "ruleset"));
    }

    [Fact]
    public void Applying_something_else_is_the_next_generation_and_leaves_nothing_of_the_last()
    {
        MakeNamespace();
        Apply();
        Assert.EndsWith("generation 2\n", Apply("--unknown-pods", "open").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("_1 {", Nft("list", "table", "inet", "netpol").Replace("from_other", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_prints_scripts_and_loads_nothing()
    {
        MakeNamespace();
        NetpolResult dry = Apply("--dry-run");
        Assert.Equal(0, dry.ExitCode);
        Assert.Contains("table inet netpol", dry.Output, StringComparison.Ordinal);
        Assert.Equal("", Nft("list", "ruleset"));
    }

    [Fact]
    public void Invalid_policy_changes_nothing()
    {
        MakeNamespace();
        Apply();
        string before = Nft("list", "ruleset");
        NetpolResult result = Netpol.Run("apply", "--netns", _netns, "--node", "node1", "samples/shop", "tests/golden/cli/careless/bad-cidr.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Equal(before, Nft("list", "ruleset"));
    }

    [Fact]
    public void Somebody_elses_table_is_left_alone()
    {
        MakeNamespace();
        Nft("add", "table", "inet", "netpol");
        string before = Nft("list", "ruleset");
        NetpolResult applied = Apply();
        Assert.Equal(3, applied.ExitCode);
        Assert.Contains("was not made by netpol", applied.Error, StringComparison.Ordinal);
        Assert.Equal(3, Netpol.Run("uninstall", "--netns", _netns).ExitCode);
        Assert.Equal(1, Netpol.Run("status", "--netns", _netns).ExitCode);
        Assert.Equal(before, Nft("list", "ruleset"));
    }

    [Fact]
    public void Chains_of_another_engine_stop_an_apply_unless_they_are_accepted()
    {
        MakeNamespace();
        Nft("add table ip filter; add chain ip filter cali-FORWARD");
        NetpolResult refused = Apply();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("machine: error NP5015: Calico enforces policy here too", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"nothing was applied to network namespace {_netns}", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, Apply("--accept-unenforced", "engines").ExitCode);
        NetpolResult accepted = Apply("--accept-unenforced", "ipvs,engine:calico");
        Assert.Equal(0, accepted.ExitCode);
        Assert.Contains("machine: warning NP5015", accepted.Error, StringComparison.Ordinal);
        Assert.Equal(1, Netpol.Run("status", "--netns", _netns).ExitCode);
        Assert.Equal(0, Netpol.Run("status", "--netns", _netns, "--accept-unenforced", "engine").ExitCode);
    }

    [Fact]
    public void Each_workload_that_is_not_enforced_is_listed_with_the_reason()
    {
        MakeNamespace();
        string state = Directory.CreateTempSubdirectory("netpol-status").FullName;
        try
        {
            Assert.Equal(0, Apply("--state", state).ExitCode);
            NetpolResult absent = Netpol.Run("status", "--netns", _netns, "--state", state);
            Assert.Equal(0, absent.ExitCode);
            Assert.Contains("not here: absent:shop/web: `shop/web` is not here: there is no interface `cali", absent.Output, StringComparison.Ordinal);

            Start("ip", "-n", _netns, "link", "add", "cni0", "type", "bridge");
            Start("ip", "-n", _netns, "link", "set", "cni0", "up");
            string address = absent.Output.Split('\n').First(l => l.Contains("absent:shop/web", StringComparison.Ordinal)).Split("no route to ")[1].Split(' ')[0];
            Start("ip", "-n", _netns, "route", "add", address + "/32", "dev", "cni0");
            NetpolResult bridged = Netpol.Run("status", "--netns", _netns, "--state", state);
            Assert.Equal(1, bridged.ExitCode);
            Assert.Contains($"not enforced: pod:shop/web: policy of `shop/web` is not enforced: {address} is routed to bridge `cni0`", bridged.Output, StringComparison.Ordinal);
            Assert.Equal(1, Apply("--state", state).ExitCode);
            Assert.Equal(0, Apply("--state", state, "--accept-unenforced", "pod:shop/web").ExitCode);

            // What was accepted is known from then on.
            Assert.Equal(0, Netpol.Run("status", "--netns", _netns, "--state", state).ExitCode);
            NetpolResult back = Netpol.Run("rollback", "--netns", _netns, "--state", state);
            Assert.Equal(0, back.ExitCode);
            Assert.DoesNotContain("NP5011", back.Error, StringComparison.Ordinal);
            Assert.Equal(0, Netpol.Run("rollback", "--boot", "--netns", _netns, "--state", state).ExitCode);
            Assert.Equal(0, Netpol.Run("status", "--netns", _netns, "--state", state).ExitCode);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    [Fact]
    public void The_unit_that_loads_rules_when_a_machine_starts_is_as_reviewed() =>
        Golden.Compare(Repository.PathOf("tests", "golden", "cli", "netpol.service"), BootUnit.Text("/usr/bin/netpol", StateStore.DefaultFolder));

    [Fact]
    public void A_canary_says_whether_policy_bites()
    {
        MakeNamespace();
        NetpolResult status = Netpol.Start(["status", "--netns", _netns, "--canary", "-o", "json"]);
        Assert.True(status.Output.Length > 0, status.Error);
        Assert.True(status.Json.GetProperty("canary").GetProperty("bites").GetBoolean());
        Assert.Equal("", Nft("list", "ruleset"));
    }

    [Theory]
    [InlineData("--confirm", "60")]
    [InlineData("--confirm", "2d")]
    [InlineData("--confirm", "0s")]
    [InlineData("--confirm", "25h")]
    [InlineData("--persist", "--dry-run")]
    public void Options_that_make_no_sense_are_refused(params string[] options)
    {
        MakeNamespace();
        Assert.Equal(2, Apply(options).ExitCode);
        Assert.Equal("", Nft("list", "ruleset"));
    }

    [Fact]
    public void A_namespace_that_does_not_exist_is_refused_in_one_line()
    {
        Kernel.RequireLab();
        NetpolResult result = Netpol.Run("status", "--netns", _netns + "-no");
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    public void Dispose()
    {
        if (_made)
        {
            Start("ip", "netns", "delete", _netns);
        }
    }

    private NetpolResult Apply(params string[] more) => Netpol.Run(["apply", "--netns", _netns, "--node", "node1", "samples/shop", .. more], "");

    private static (int Code, string Output) Ended(NetpolResult result) => (result.ExitCode, result.Output);

    private void MakeNamespace()
    {
        Kernel.RequireLab();
        Start("ip", "netns", "add", _netns);
        _made = true;
    }

    private string Nft(params string[] arguments) => Start("ip", ["netns", "exec", _netns, "nft", .. arguments]);

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
