using System.Text;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary>
/// <c>tests/golden/cli/CASE/commands</c> has one command a line, run in that folder; <c>output.txt</c> has what they print.
/// </summary>
public sealed class GoldenCommandTests
{
    public static TheoryData<string> Cases() =>
        [.. Directory.GetFiles(Repository.PathOf("tests", "golden", "cli"), "commands", SearchOption.AllDirectories)
            .Select(f => Path.GetFileName(Path.GetDirectoryName(f)!))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Prints_what_is_kept(string name)
    {
        string folder = Repository.PathOf("tests", "golden", "cli", name);
        Golden.Compare(Path.Combine(folder, "output.txt"), Play(folder));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Prints_the_same_bytes_when_it_is_run_again(string name)
    {
        string folder = Repository.PathOf("tests", "golden", "cli", name);
        Assert.Equal(Play(folder), Play(folder));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ends_lines_with_LF_and_names_no_machine_path(string name)
    {
        string text = Play(Repository.PathOf("tests", "golden", "cli", name));
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('\x1b', text);
        Assert.DoesNotContain(Repository.Root, text, StringComparison.Ordinal);
    }

    private static string Play(string folder)
    {
        StringBuilder text = new();
        foreach (string command in File.ReadAllLines(Path.Combine(folder, "commands")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            string output = Transcript.Run(command, folder, out NetpolResult result);
            text.Append("$ ").Append(command).Append('\n').Append(output);
            if (result.Error.Length > 0 && !command.Contains("2>&1", StringComparison.Ordinal))
            {
                text.Append("[standard error]\n").Append(result.Error);
            }

            text.Append("[exit ").Append(result.ExitCode).Append("]\n\n");
        }

        return text.ToString();
    }
}
