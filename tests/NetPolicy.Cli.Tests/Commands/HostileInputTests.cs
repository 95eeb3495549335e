using System.Text;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary>Whatever is given, a command ends with one of its exit codes and never with a stack trace.</summary>
public sealed class HostileInputTests
{
    private static readonly int[] Expected = [0, 1, 2];

    public static TheoryData<string> Texts() =>
    [
        "", " ", "\n\n\n", "---\n---\n", "\uFEFFapiVersion: v1\r\nkind: Pod\r\nmetadata: {name: a}\r\n",
        "null", "[]", "{}", "5", "true", "\"text\"", "- a\n- b\n", "kind: NetworkPolicy", "apiVersion: networking.k8s.io/v1",
        "{\"kind\":", "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":5}", "apiVersion: v1\nkind: List\nitems: [null, 5, {}]\n",
        "a: &a [*a]\n", "a: &x {b: 1}\nc: {<<: *x}\n", "!!binary aGk=\n", "%YAML 9.9\n---\na: b\n", "? [a, b]\n: c\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: null\nspec: null\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: [a]}\nspec: []\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\u0000b\"}\n", "kind: Expectation\nflows: {}\n", "\0\0\0", "\uD800",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Any_text_is_answered(string text)
    {
        foreach (string[] command in (string[][])
            [
                ["validate", "-"], ["validate", "-o", "json", "-"], ["lint", "-"], ["matrix", "-"], ["test", "-"],
                ["eval", "--from", "192.0.2.1", "--to", "192.0.2.2", "--port", "80", "-"],
                ["explain", "--from", "192.0.2.1", "--to", "192.0.2.2", "--port", "80", "-"],
                ["render", "--node", "n", "-"],
            ])
        {
            NetpolResult result = Netpol.Run(command, text);
            Assert.True(Expected.Contains(result.ExitCode), $"{string.Join(' ', command)}: {result}");
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData('{')]
    [InlineData('[')]
    [InlineData('-')]
    [InlineData('"')]
    [InlineData('\t')]
    public void A_flood_of_one_character_is_answered(char character)
    {
        NetpolResult result = Netpol.Run(["validate", "-"], new string(character, 50_000));
        Assert.Contains(result.ExitCode, Expected);
        Assert.True(result.Output.Length < 2_000, "a long line is not printed back");
    }

    [Fact]
    public void Damaged_policies_are_answered_and_nothing_is_judged_if_an_error_is_left()
    {
        string original = File.ReadAllText(Repository.PathOf("tests", "golden", "cli", "shop", "policies.yaml"));
        Random random = new(20260);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            StringBuilder text = new(original);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                        break;
                    case 1:
                        text.Insert(at, "{}[]:-*&!|>'\"%@`\n\t #,?"[random.Next(22)]);
                        break;
                    default:
                        text[at] = (char)random.Next(32, 127);
                        break;
                }
            }

            NetpolResult validated = Netpol.Run(["validate", "--cidr", "lenient", "-"], text.ToString());
            NetpolResult judged = Netpol.Run(["eval", "--from", "192.0.2.1", "--to", "192.0.2.2", "--port", "80", "-"], text.ToString());
            Assert.Contains(validated.ExitCode, Expected);
            Assert.Equal(validated.ExitCode == 1, judged.ExitCode == 2);
            Assert.Equal(judged.ExitCode == 2, judged.Output.Length == 0);
            refused += judged.ExitCode == 2 ? 1 : 0;
        }

        Assert.InRange(refused, 50, 290);
    }

    [Fact]
    public void An_empty_path_is_no_path()
    {
        NetpolResult result = Netpol.Run("eval", "--from", "192.0.2.1", "--to", "192.0.2.2", "--port", "80", "");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("a path is empty", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_a_device_without_end_is_too_large()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "no /dev/zero");
        NetpolResult result = Netpol.Run("validate", "-o", "json", "/dev/zero");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NP1002", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_end_is_refused()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "no /dev/zero");
        NetpolResult result = Netpol.Run("eval", "--flows", "/dev/zero", "samples/shop");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("a line does not end", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_too_long_is_answered_and_the_next_one_too()
    {
        string lines = $"{{\"id\":\"{new string('a', 1 << 21)}\"}}\n{{\"id\":\"2\",\"from\":\"shop/web\",\"to\":\"shop/api\",\"port\":8080}}\n";
        NetpolResult result = Netpol.Run(["eval", "--flows", "-", "samples/shop"], lines);
        Assert.Equal(2, result.ExitCode);
        string[] answers = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, answers.Length);
        Assert.Contains("longer than 1048576 characters", answers[0], StringComparison.Ordinal);
        Assert.Contains("\"verdict\":\"allow\"", answers[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_in_a_line_is_answered()
    {
        foreach (string line in (string[])["{\"\\uD8ce\":\"\"}", "{\"from\":\"\\ud800\",\"to\":\"shop/web\"}", "{\"id\":\"\\udc00\"}"])
        {
            NetpolResult result = Netpol.Run(["eval", "--flows", "-", "samples/shop"], line);
            Assert.Equal(2, result.ExitCode);
            Assert.Contains("an escape that is no character", result.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---")]
    public void Input_without_a_document_is_warned_of(string text)
    {
        NetpolResult result = Netpol.Run(["validate", "-"], text);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("-: warning NP1022: there is no document in it", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_none_are_findings_with_their_names()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links, pipes and devices as Unix has them");
        string folder = Directory.CreateTempSubdirectory("netpol").FullName;
        try
        {
            // A folder that holds itself, a file that is a link to itself, and a file that cannot be read.
            File.WriteAllText(Path.Combine(folder, "a.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n");
            File.CreateSymbolicLink(Path.Combine(folder, "loop.yaml"), "loop.yaml");
            Directory.CreateSymbolicLink(Path.Combine(folder, "folder"), folder);
            Directory.CreateDirectory(Path.Combine(folder, "folder.yaml"));
            NetpolResult result = Netpol.Run(["validate", folder], folder: folder);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("loop.yaml: error NP1001: reading failed", result.Output, StringComparison.Ordinal);
            Assert.Contains("1 document, 1 error, 0 warnings", result.Output, StringComparison.Ordinal);
            Assert.Empty(result.Error);
            NetpolResult judged = Netpol.Run("matrix", folder);
            Assert.Equal(2, judged.ExitCode);
            Assert.Empty(judged.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_ends_in_a_finding_and_one_that_somebody_writes_to_is_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes as Unix has them");
        string folder = Directory.CreateTempSubdirectory("netpol").FullName;
        try
        {
            string silent = Path.Combine(folder, "silent.yaml"), pipe = Path.Combine(folder, "pipe.yaml");
            using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [silent, pipe]))
            {
                made.WaitForExit();
            }

            NetpolResult alone = Netpol.Run("validate", silent);
            Assert.Equal(1, alone.ExitCode);
            Assert.Contains("error NP1001: it is a pipe that nobody writes to", alone.Output, StringComparison.Ordinal);
            Task writing = Task.Run(() => File.WriteAllText(pipe, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), TestContext.Current.CancellationToken);
            NetpolResult written = Netpol.Run("validate", pipe);
            Assert.Equal("1 document, 0 errors, 0 warnings\n", written.Output);
            await writing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Hidden_characters_never_reach_the_terminal()
    {
        NetpolResult result = Netpol.Run(["validate", "-"], "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: \"a\\e[31m\\u202E\"}\nspec: {podSelector: {}, \"x\\e]0;\\a\": 1}\n");
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain(result.Output, c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain('\u202E', result.Output);
        Assert.Contains("\\u001B[31m\\u202E", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_becomes_of_policies_with_errors_is_chosen_by_name_and_told_by_every_answer()
    {
        string text = File.ReadAllText(Repository.PathOf("samples", "shop", "policies.yaml")).Replace("port: 8080", "port: 808080", StringComparison.Ordinal);
        string[] flow = ["--from", "shop/web", "--to", "shop/api", "--port", "8080", "samples/shop/cluster.yaml", "-"];
        NetpolResult rejected = Netpol.Run(["eval", .. flow], text);
        Assert.Equal(2, rejected.ExitCode);
        Assert.Empty(rejected.Output);
        NetpolResult isolated = Netpol.Run(["eval", "--invalid", "isolate-subject", .. flow], text);
        Assert.Equal(1, isolated.ExitCode);
        Assert.Contains("NetworkPolicy shop/api has errors, its subject is isolated (-:", isolated.Output, StringComparison.Ordinal);
        Assert.Contains("NetworkPolicy shop/api has errors, its subject is isolated", isolated.Error, StringComparison.Ordinal);
        foreach (string command in (string[])["eval", "explain"])
        {
            NetpolResult skipped = Netpol.Run([command, "--invalid", "skip", "-o", "json", .. flow], text);
            Assert.Contains("\"setAside\":", skipped.Output, StringComparison.Ordinal);
            Assert.Contains("skipped", skipped.Output, StringComparison.Ordinal);
        }

        NetpolResult matrix = Netpol.Run(["matrix", "--invalid", "isolate-subject", "-o", "json", "samples/shop/cluster.yaml", "-"], text);
        Assert.Equal(0, matrix.ExitCode);
        Assert.Contains("\"treatment\": \"isolated\"", matrix.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_nothing_warns_and_judges_nothing_but_addresses()
    {
        string folder = Directory.CreateTempSubdirectory("netpol").FullName;
        try
        {
            NetpolResult validated = Netpol.Run("validate", folder);
            Assert.Equal(0, validated.ExitCode);
            Assert.Contains("warning NP1022", validated.Output, StringComparison.Ordinal);
            Assert.Equal(2, Netpol.Run("eval", "--from", "shop/web", "--to", "192.0.2.2", "--port", "80", folder).ExitCode);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    [Fact]
    public void A_selector_as_long_as_a_book_is_refused_in_two_lines()
    {
        NetpolResult result = Netpol.Run("selector", new string('a', 100_000));
        Assert.Equal(2, result.ExitCode);
        Assert.True(result.Error.Length < 400, "the text is shortened");
    }
}
