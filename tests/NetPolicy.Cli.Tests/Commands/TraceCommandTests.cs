using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary><c>trace</c>, interpreted and as the kernel tells it; and what the process may do.</summary>
public sealed class TraceCommandTests : IDisposable
{
    private readonly string _netns = string.Create(CultureInfo.InvariantCulture, $"nptrc-{Environment.ProcessId}");
    private readonly string _state = Directory.CreateTempSubdirectory("netpol-trace").FullName;
    private bool _made;

    [Fact]
    public void A_packet_is_followed_through_the_rules_with_their_owners()
    {
        NetpolResult denied = Netpol.Run("trace", "--from", "198.51.100.7", "--to", "shop/db", "--port", "5432", "samples/shop");
        Assert.Equal(1, denied.ExitCode);
        Assert.StartsWith("deny  198.51.100.7 -> shop/db TCP 5432\n", denied.Output, StringComparison.Ordinal);
        Assert.Contains("dropped at forward", denied.Output, StringComparison.Ordinal);
        Assert.Contains("np shop/db ingress default (samples/shop/policies.yaml:", denied.Output, StringComparison.Ordinal);

        JsonElement json = Netpol.Run("trace", "--from", "shop/api", "--to", "shop/db", "--port", "5432", "-o", "json", "samples/shop").Json;
        Assert.Equal("allow", json.GetProperty("verdict").GetString());
        JsonElement[] steps = [.. json.GetProperty("nodes")[0].GetProperty("steps").EnumerateArray()];
        Assert.Contains(steps, s => s.TryGetProperty("owner", out JsonElement owner) && owner.GetString() == "np shop/db ingress 0");
        Assert.Contains(steps, s => s.GetProperty("hook").GetString() == "forward" && s.GetProperty("chain").GetString() == "h_fwd");
    }

    [Fact]
    public void The_kernel_tells_the_way_of_a_real_packet_and_nothing_of_ours_stays()
    {
        Make();
        using Process tracer = Start("--from", "192.0.2.1", "--to", "192.0.2.9", "--port", "8080", "--kernel", "--wait", "20s", "-o", "json", "--netns", _netns, "--state", _state);
        Assert.Contains("waiting for a packet", tracer.StandardError.ReadLine(), StringComparison.Ordinal);
        Run("ip", "netns", "exec", _netns, "bash", "-c", "exec 3<>/dev/udp/192.0.2.9/9; timeout 1 bash -c 'exec 3<>/dev/tcp/192.0.2.9/8080' || true");
        string output = tracer.StandardOutput.ReadToEnd();
        Assert.True(tracer.WaitForExit(20_000), "the tracer did not end");
        Assert.Equal(0, tracer.ExitCode);
        JsonElement[] steps = [.. JsonDocument.Parse(output).RootElement.GetProperty("steps").EnumerateArray()];
        Assert.Equal("output", steps[0].GetProperty("hook").GetString());
        JsonElement owner = Assert.Single(steps, s => s.TryGetProperty("owner", out _));
        Assert.Equal("gnp deny-all egress default", owner.GetProperty("owner").GetString());
        Assert.StartsWith("samples/edge/deny-all.yaml:", owner.GetProperty("written").GetString(), StringComparison.Ordinal);
        Assert.Equal("drop", steps[^1].GetProperty("verdict").GetString());
        Assert.Equal("table inet netpol\n", Run("ip", "netns", "exec", _netns, "nft", "list", "tables"));
    }

    [Fact]
    public void Tracing_leaves_nothing_behind_when_it_is_killed()
    {
        Make();
        using Process tracer = Start("--from", "192.0.2.1", "--to", "192.0.2.9", "--kernel", "--wait", "60s", "--netns", _netns, "--state", _state);
        Assert.Contains("waiting for a packet", tracer.StandardError.ReadLine(), StringComparison.Ordinal);
        Assert.Contains("netpol_trace_", Run("ip", "netns", "exec", _netns, "nft", "list", "tables"), StringComparison.Ordinal);
        tracer.Kill();
        tracer.WaitForExit();
        for (int wait = 0; wait < 100 && Run("ip", "netns", "exec", _netns, "nft", "list", "tables").Contains("trace", StringComparison.Ordinal); wait++)
        {
            Thread.Sleep(50);
        }

        Assert.Equal("table inet netpol\n", Run("ip", "netns", "exec", _netns, "nft", "list", "tables"));
    }

    [Fact]
    public void Programs_that_are_started_have_no_more_privileges_than_are_needed()
    {
        Make();
        string programs = Path.Combine(_state, "bin");
        string seen = Path.Combine(_state, "seen");
        Directory.CreateDirectory(programs);
        string nft = Path.Combine(programs, "nft");
        string real = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, "nft")).First(File.Exists);
        File.WriteAllText(nft, $"#!/bin/sh\ngrep CapEff /proc/self/status >> {seen}\nexec {real} \"$@\"\n");
        Run("chmod", "500", nft);
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "netpol.dll"), "status", "--netns", _netns])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["PATH"] = programs + ":" + Environment.GetEnvironmentVariable("PATH");
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        const ulong NeededBits = (1ul << 12) | (1ul << 19) | (1ul << 21);
        Assert.All(File.ReadAllLines(seen), line => Assert.Equal(0ul, ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~NeededBits));
        Assert.NotEmpty(File.ReadAllLines(seen));
    }

    [Fact]
    public void Denied_connections_are_reported_as_they_happen()
    {
        Make("--flow-log", "denied");
        using Process listener = StartCommand("flows", "--netns", _netns, "--state", _state, "--for", "3s", "--port", "7000", "--verdict", "deny", "samples/edge/host.yaml");
        Assert.Contains("listening on network namespace", listener.StandardError.ReadLine(), StringComparison.Ordinal);
        Run("ip", "netns", "exec", _netns, "bash", "-c", "for p in 7000 7000 7001; do (echo x > /dev/udp/192.0.2.9/$p) 2>/dev/null; done; true");
        string output = listener.StandardOutput.ReadToEnd();
        Assert.Contains("0 reports were lost", listener.StandardError.ReadToEnd(), StringComparison.Ordinal);
        listener.WaitForExit();
        Assert.Equal(0, listener.ExitCode);
        JsonElement record = JsonDocument.Parse(output).RootElement;
        Assert.Equal("host:edge", record.GetProperty("from").GetString());
        Assert.Equal("192.0.2.9", record.GetProperty("to").GetString());
        Assert.Equal("UDP", record.GetProperty("protocol").GetString());
        Assert.Equal("deny", record.GetProperty("verdict").GetString());
        Assert.Equal("gnp deny-all egress default", record.GetProperty("rule").GetString());
        Assert.StartsWith("samples/edge/deny-all.yaml:", record.GetProperty("written").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, record.GetProperty("packets").GetInt32());
    }

    public void Dispose()
    {
        if (_made)
        {
            Run("ip", "netns", "delete", _netns);
        }

        Directory.Delete(_state, recursive: true);
    }

    private void Make(params string[] options)
    {
        Kernel.RequireLab();
        Run("ip", "netns", "add", _netns);
        _made = true;
        Run("ip", "-n", _netns, "link", "add", "eth0", "type", "veth", "peer", "name", "wire");
        Run("ip", "-n", _netns, "address", "add", "192.0.2.1/24", "dev", "eth0");
        Run("ip", "-n", _netns, "link", "set", "wire", "up");
        Run("ip", "-n", _netns, "link", "set", "eth0", "up");
        Run("ip", "-n", _netns, "neigh", "add", "192.0.2.9", "lladdr", "02:00:00:00:00:09", "dev", "eth0");
        NetpolResult applied = Netpol.Run(["apply", "--netns", _netns, "--state", _state, "--node", "edge", "--no-lockout-check", "samples/edge/host.yaml", "samples/edge/deny-all.yaml", .. options], "");
        Assert.True(applied.ExitCode == 0, applied.ToString());
    }

    private static Process Start(params string[] arguments) => StartCommand(["trace", .. arguments]);

    private static Process StartCommand(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "netpol.dll"), .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
