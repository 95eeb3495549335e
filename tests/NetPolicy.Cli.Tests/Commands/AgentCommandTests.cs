using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary>An agent follows a folder, repairs what others change, and outlives documents that cannot be used.</summary>
public sealed class AgentCommandTests : IDisposable
{
    private readonly string _netns = string.Create(CultureInfo.InvariantCulture, $"npagt-{Environment.ProcessId}");
    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-agent").FullName;
    private readonly BlockingCollection<string> _lines = [];
    private bool _made;

    [Fact]
    public void An_agent_follows_documents_and_repairs_the_table()
    {
        Kernel.RequireLab();
        Start("ip", "netns", "add", _netns);
        _made = true;
        string documents = Path.Combine(_folder, "documents");
        Directory.CreateDirectory(documents);
        string policy = Path.Combine(documents, "policy.yaml");
        File.Copy(Repository.PathOf("samples", "edge", "host.yaml"), Path.Combine(documents, "host.yaml"));
        File.Copy(Repository.PathOf("samples", "edge", "allow-all.yaml"), policy);
        string[] place = ["--netns", _netns, "--state", Path.Combine(_folder, "state")];
        using Process agent = StartNetpol(["agent", .. place, "--node", "edge", "-o", "json", documents]);
        try
        {
            JsonElement applied = Next();
            Assert.Equal(("applied", "edge", 1), (applied.GetProperty("event").GetString(), applied.GetProperty("node").GetString(), applied.GetProperty("generation").GetInt32()));
            Assert.True(applied.GetProperty("transactions").GetInt32() > 0);

            Start("ip", "netns", "exec", _netns, "nft", "flush", "ruleset");
            JsonElement drift = Next();
            Assert.Equal(("drift", "change", "nft", true), (drift.GetProperty("event").GetString(), drift.GetProperty("reason").GetString(), drift.GetProperty("process").GetString(), drift.GetProperty("repaired").GetBoolean()));
            Assert.Equal("table inet netpol is missing", drift.GetProperty("differences").EnumerateArray().Select(d => d.GetString()).Single(d => d!.StartsWith("table", StringComparison.Ordinal)));

            File.Copy(Repository.PathOf("samples", "edge", "deny-all.yaml"), policy, overwrite: true);
            Assert.Equal("applied", Next().GetProperty("event").GetString());
            Assert.Contains("gnp deny-all", Start("ip", "netns", "exec", _netns, "nft", "list", "table", "inet", "netpol"), StringComparison.Ordinal);

            File.WriteAllText(Path.Combine(documents, "broken.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n");
            Assert.Equal("rejected", Next().GetProperty("event").GetString());
            File.Delete(Path.Combine(documents, "broken.yaml"));
            File.Delete(Path.Combine(documents, "host.yaml"));
            Assert.Contains("no node `edge` any more", Next().GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains("gnp deny-all", Start("ip", "netns", "exec", _netns, "nft", "list", "table", "inet", "netpol"), StringComparison.Ordinal);

            NetpolResult other = Netpol.Run(["status", .. place], "");
            Assert.Equal(0, other.ExitCode);
            Start("kill", "-INT", agent.Id.ToString(CultureInfo.InvariantCulture));
            Assert.True(agent.WaitForExit(TimeSpan.FromSeconds(30)));
            Assert.Equal(0, agent.ExitCode);
            Assert.Contains("table inet netpol", Start("ip", "netns", "exec", _netns, "nft", "list", "tables"), StringComparison.Ordinal);
            Assert.Equal(0, Netpol.Run(["rollback", "--previous", .. place], "").ExitCode);
        }
        finally
        {
            if (!agent.HasExited)
            {
                agent.Kill();
            }
        }
    }

    [Fact]
    public void Standard_input_cannot_be_followed()
    {
        NetpolResult refused = Netpol.Run("agent", "-");
        Assert.Equal((2, "netpol: standard input cannot be followed, expected files or folders\n"), (refused.ExitCode, refused.Error));
    }

    public void Dispose()
    {
        if (_made)
        {
            Start("ip", "netns", "delete", _netns);
        }

        _lines.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private JsonElement Next()
    {
        Assert.True(_lines.TryTake(out string? line, TimeSpan.FromSeconds(60)), "the agent says nothing");
        return JsonDocument.Parse(line).RootElement;
    }

    private Process StartNetpol(string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "netpol.dll"), .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, said) =>
        {
            if (said.Data is { } line)
            {
                _lines.Add(line);
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
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
