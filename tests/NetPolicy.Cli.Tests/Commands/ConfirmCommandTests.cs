using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary>Changes on trial, what is kept on disk, and going back, with real packets between two network namespaces.</summary>
public sealed class ConfirmCommandTests : IDisposable
{
    private const int Port = 8080;
    private static readonly string[] s_open = ["samples/edge/host.yaml", "samples/edge/allow-all.yaml"];
    private static readonly string[] s_closed = ["samples/edge/host.yaml", "samples/edge/deny-all.yaml", "--no-lockout-check"];

    private readonly string _machine = string.Create(CultureInfo.InvariantCulture, $"npcfm-{Environment.ProcessId}");
    private readonly string _outside = string.Create(CultureInfo.InvariantCulture, $"npcfo-{Environment.ProcessId}");
    private readonly string _state = Directory.CreateTempSubdirectory("netpol-state").FullName;
    private bool _made;
    private Socket? _listener;

    [Fact]
    public void A_change_on_trial_decides_and_goes_back_by_itself_when_its_owner_is_killed()
    {
        Make();
        Assert.Equal(0, Apply(s_open).ExitCode);
        Assert.True(Connects());

        // The owner is killed as soon as the rules decide, or has ended before: nobody is left to go back.
        using Process owner = StartNetpol(["apply", "--netns", _machine, "--state", _state, "--node", "edge", "--confirm", "3s", .. s_closed]);
        Assert.True(Wait(() => !Connects()));
        owner.Kill();
        owner.WaitForExit();
        Assert.Equal("armed", Status().GetProperty("trial").GetString());

        Assert.True(Wait(Connects));
        Assert.Equal("rolled-back", Status().GetProperty("trial").GetString());
        NetpolResult late = Netpol.Run("confirm", "--netns", _machine, "--state", _state);
        Assert.Equal(3, late.ExitCode);
        Assert.True(Connects());

        Assert.Equal(0, Apply(s_open).ExitCode);
        Assert.Equal("none", Status().GetProperty("trial").GetString());
        Assert.DoesNotContain("armed", Nft("list", "table", "inet", "netpol"), StringComparison.Ordinal);
        Assert.Empty(Status().GetProperty("drift").EnumerateArray());
    }

    [Fact]
    public void A_confirmed_change_stays()
    {
        Make();
        Apply(s_open);
        NetpolResult armed = Apply(["--confirm", "2s", .. s_closed]);
        Assert.Equal(0, armed.ExitCode);
        Assert.Contains("the rules of before come back by themselves in 2s, unless `netpol confirm` keeps the new ones", armed.Output, StringComparison.Ordinal);
        Assert.False(Connects());
        NetpolResult second = Apply(s_open);
        Assert.Equal(3, second.ExitCode);
        Assert.Contains("a change waits for its confirmation", second.Error, StringComparison.Ordinal);

        Assert.Equal((0, $"confirmed on network namespace {_machine}\n"), Ended(Netpol.Run("confirm", "--netns", _machine, "--state", _state)));
        Thread.Sleep(2500);
        Assert.False(Connects());
        Assert.Equal("none", Status().GetProperty("trial").GetString());
        Assert.Empty(Status().GetProperty("drift").EnumerateArray());
        Assert.DoesNotContain("_1 {", Nft("list", "table", "inet", "netpol"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_change_on_trial_goes_back_to_no_rules()
    {
        Make();
        Assert.Equal(0, Apply(["--confirm", "30s", .. s_closed]).ExitCode);
        Assert.False(Connects());
        Assert.Equal((0, $"the change on trial was taken back on network namespace {_machine}\n"), Ended(Netpol.Run("rollback", "--netns", _machine, "--state", _state)));
        Assert.True(Connects());
        Assert.Equal("", Nft("list", "tables"));
    }

    [Fact]
    public void Drift_is_shown_and_rollback_loads_what_was_confirmed()
    {
        Make();
        Apply(s_open);
        Assert.Equal(0, Apply(s_closed).ExitCode);
        Assert.False(Connects());
        Nft("insert", "rule", "inet", "netpol", "h_in", "accept");
        Nft("add", "chain", "inet", "netpol", "mine");
        Assert.Equal(["chain h_in was changed", "chain mine was added"], Drift());
        Assert.Equal(1, Netpol.Run("status", "--netns", _machine, "--state", _state).ExitCode);

        NetpolResult back = Netpol.Run("rollback", "--netns", _machine, "--state", _state);
        Assert.Equal(0, back.ExitCode);
        Assert.StartsWith("the ruleset of node edge that was confirmed last is loaded, generation ", back.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("chain h_in was changed", Drift());
        Assert.False(Connects());

        Assert.Equal(0, Netpol.Run("rollback", "--previous", "--netns", _machine, "--state", _state).ExitCode);
        Assert.True(Connects());
    }

    [Fact]
    public void Going_back_to_rules_that_cut_what_manages_the_machine_is_refused()
    {
        Make();
        Apply(s_closed);
        Assert.Equal(0, Apply(s_open).ExitCode);
        string[] back = ["rollback", "--previous", "--netns", _machine, "--state", _state, "--keep", "8080/tcp@192.0.2.0/24"];
        NetpolResult refused = Netpol.Run(back, "");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error NP5001: this would cut `8080/tcp from 192.0.2.0/24`: new connections from 192.0.2.2 by interface `eth0` are dropped by `gnp deny-all ingress default` at input", refused.Error, StringComparison.Ordinal);
        Assert.EndsWith($"netpol: nothing was changed on network namespace {_machine}\n", refused.Error, StringComparison.Ordinal);
        Assert.True(Connects());
        Assert.Equal(0, Netpol.Run([.. back, "--no-lockout-check"], "").ExitCode);
        Assert.False(Connects());

        // What lets it pass is gone back to.
        NetpolResult open = Netpol.Run(back, "");
        Assert.Equal(0, open.ExitCode);
        Assert.Contains("netpol: stays open: 8080/tcp from 192.0.2.0/24", open.Error, StringComparison.Ordinal);
        Assert.True(Connects());
    }

    [Fact]
    public void Processes_that_apply_at_once_come_one_after_the_other()
    {
        Make();
        Process[] all = [.. Enumerable.Range(0, 3).Select(i => StartNetpol(["apply", "--netns", _machine, "--state", _state, "--node", "edge", .. i == 1 ? s_closed : s_open]))];
        foreach (Process process in all)
        {
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            process.Dispose();
        }

        Assert.Empty(Drift());
        Assert.False(Status().GetProperty("interrupted").GetBoolean());
    }

    [Fact]
    public void Damaged_state_is_said_and_never_loaded()
    {
        Make();
        Apply(s_open);
        string file = Path.Combine(_state, "confirmed");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^10] ^= 1;
        File.WriteAllBytes(file, bytes);
        string before = Nft("list", "ruleset");
        NetpolResult back = Netpol.Run("rollback", "--netns", _machine, "--state", _state);
        Assert.Equal(3, back.ExitCode);
        Assert.Contains("is damaged: its content does not match its checksum", back.Error, StringComparison.Ordinal);
        Assert.Equal(3, Netpol.Run("status", "--netns", _machine, "--state", _state).ExitCode);
        Assert.Equal(before, Nft("list", "ruleset"));

        NetpolResult boot = Netpol.Run("rollback", "--boot", "--netns", _machine, "--state", _state);
        Assert.Equal(0, boot.ExitCode);
        Assert.Contains("workloads are closed", boot.Output, StringComparison.Ordinal);
        Assert.Contains("iifname \"cali*\" goto closed", Nft("list", "table", "inet", "netpol"), StringComparison.Ordinal);
    }

    [Fact]
    public void Uninstalling_takes_marks_and_state_away_too()
    {
        Make();
        Apply(s_open);
        Assert.True(Connects());
        Assert.Matches("mark=[1-9]", Marks());
        Assert.Equal(0, Netpol.Run("uninstall", "--netns", _machine, "--state", _state).ExitCode);
        Assert.Equal("", Nft("list", "tables"));
        Assert.False(Directory.Exists(_state));
        Assert.DoesNotMatch("mark=[1-9]", Marks());
    }

    public void Dispose()
    {
        _listener?.Dispose();
        if (_made)
        {
            Start("ip", "netns", "delete", _machine);
            Start("ip", "netns", "delete", _outside);
        }

        if (Directory.Exists(_state))
        {
            Directory.Delete(_state, recursive: true);
        }
    }

    private void Make()
    {
        Kernel.RequireLab();
        Start("ip", "netns", "add", _machine);
        Start("ip", "netns", "add", _outside);
        _made = true;
        Start("ip", "-n", _machine, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", _outside);
        Start("ip", "-n", _machine, "address", "add", "192.0.2.1/24", "dev", "eth0");
        Start("ip", "-n", _outside, "address", "add", "192.0.2.2/24", "dev", "eth0");
        Start("ip", "-n", _machine, "link", "set", "eth0", "up");
        Start("ip", "-n", _outside, "link", "set", "eth0", "up");
        using NetworkNamespace place = NetworkNamespace.Open(_machine);
        _listener = place.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            socket.Listen(100);
            return socket;
        });
    }

    private bool Connects()
    {
        using NetworkNamespace place = NetworkNamespace.Open(_outside);
        return place.Run(() =>
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                socket.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), Port));
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }

            return socket.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectWrite) && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0;
        });
    }

    private static bool Wait(Func<bool> holds)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(20); Thread.Sleep(50))
        {
            if (holds())
            {
                return true;
            }
        }

        return false;
    }

    private NetpolResult Apply(params string[] more) => Netpol.Run(["apply", "--netns", _machine, "--state", _state, "--node", "edge", .. more], "");

    private JsonElement Status() => Netpol.Run("status", "--netns", _machine, "--state", _state, "-o", "json").Json;

    private string[] Drift() => [.. Status().GetProperty("drift").EnumerateArray().Select(d => d.GetString()!)];

    private string Nft(params string[] arguments) => Start("ip", ["netns", "exec", _machine, "nft", .. arguments]);

    // As /proc shows connections: every one has its mark.
    private string Marks()
    {
        using NetworkNamespace place = NetworkNamespace.Open(_machine);
        return place.Run(() => File.ReadAllText("/proc/thread-self/net/nf_conntrack"));
    }

    private static (int Code, string Output) Ended(NetpolResult result) => (result.ExitCode, result.Output);

    private static Process StartNetpol(string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "netpol.dll"), .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static string Start(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
