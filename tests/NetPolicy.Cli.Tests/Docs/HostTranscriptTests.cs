using System.Diagnostics;
using System.Globalization;
using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Docs;

/// <summary>
/// What pages show of commands on a machine is what they print in a network namespace with an interface <c>eth0</c>, addresses 192.0.2.1 and 203.0.113.0/24 behind
/// it, for a caller in an SSH session from 203.0.113.7. A page's blocks run in order on one machine.
/// </summary>
public sealed class HostTranscriptTests
{
    private const string Name = "edge";

    [Fact]
    public void Every_marked_output_of_a_machine_is_what_netpol_prints()
    {
        Kernel.RequireLab();
        List<string> wrong = [];
        string? session = Environment.GetEnvironmentVariable("SSH_CONNECTION");
        Environment.SetEnvironmentVariable("SSH_CONNECTION", "203.0.113.7 51234 192.0.2.1 22");
        try
        {
            foreach (MarkdownPage page in MarkdownPage.All().Where(p => p.Blocks.Any(b => b.Marked("host output") is not null)))
            {
                Compare(page, wrong);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("SSH_CONNECTION", session);
        }

        Assert.True(wrong.Count == 0, "NETPOLICY_UPDATE_GOLDEN=1 rewrites outputs\n" + string.Join('\n', wrong));
    }

    private static void Compare(MarkdownPage page, List<string> wrong)
    {
        string netns = string.Create(CultureInfo.InvariantCulture, $"npdoc-{Environment.ProcessId}");
        Ip("netns", "add", netns);
        try
        {
            Ip("-n", netns, "link", "set", "lo", "up");
            Ip("-n", netns, "link", "add", "eth0", "type", "veth", "peer", "name", "wire");
            Ip("-n", netns, "address", "add", "192.0.2.1/24", "dev", "eth0");
            Ip("-n", netns, "link", "set", "wire", "up");
            Ip("-n", netns, "link", "set", "eth0", "up");
            Ip("-n", netns, "route", "add", "default", "via", "192.0.2.254");
            for (int i = 0; i < page.Blocks.Count; i++)
            {
                if (page.Blocks[i].Marked("host output") is not { } command)
                {
                    continue;
                }

                string output = Transcript.Run(command.Replace("--netns " + Name, "--netns " + netns, StringComparison.Ordinal)).Replace(netns, Name, StringComparison.Ordinal);
                string printed = $"$ {command}\n{output}";
                if (Golden.IsUpdating)
                {
                    page.Replace(page.Blocks[i], printed);
                }
                else if (page.Blocks[i].Text != printed)
                {
                    wrong.Add($"{page.Path}:{page.Blocks[i].Line + 1}: {command}: {Golden.Difference(page.Blocks[i].Text, printed)}");
                }
            }
        }
        finally
        {
            Ip("netns", "delete", netns);
        }
    }

    private static void Ip(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {error}");
    }
}
