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
