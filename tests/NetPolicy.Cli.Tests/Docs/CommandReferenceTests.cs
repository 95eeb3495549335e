using System.CommandLine;

namespace NetPolicy.Cli.Tests.Docs;

public sealed class CommandReferenceTests
{
    public static TheoryData<string> Commands() => [.. CommandLine.Root().Subcommands.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_page_of_the_command_line_has_a_section_with_every_option(string name)
    {
        Command command = CommandLine.Root().Subcommands.Single(c => c.Name == name);
        string section = Section(name);
        string[] untold = [.. command.Options.Select(o => o.Name).Where(o => o != "--help" && !section.Contains($"`{o}", StringComparison.Ordinal))];
        Assert.Empty(untold);
    }

    [Fact]
    public void Every_command_and_option_describes_itself()
    {
        foreach (Command command in CommandLine.Root().Subcommands)
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.EndsWith(".", command.Description, StringComparison.Ordinal);
            foreach (Symbol symbol in command.Options.Cast<Symbol>().Concat(command.Arguments))
            {
                Assert.False(string.IsNullOrWhiteSpace(symbol.Description), $"{command.Name} {symbol.Name}");
            }
        }
    }

    // Options common to several commands are told once, in a section that the command's own section names.
    private static string Section(string name)
    {
        string text = File.ReadAllText(Repository.PathOf("docs", "cli.md"));
        string own = Between(text, $"\n## {name}\n");
        Assert.True(own.Length > 0, $"docs/cli.md has no section `{name}`");
        return own
            + (own.Contains("(#judging-options)", StringComparison.Ordinal) ? Between(text, "\n### Judging options\n") : "")
            + (own.Contains("(#ruleset-options)", StringComparison.Ordinal) ? Between(text, "\n### Ruleset options\n") : "");
    }

    private static string Between(string text, string heading)
    {
        int start = text.IndexOf(heading, StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        int end = text.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal);
        int sub = heading.StartsWith("\n###", StringComparison.Ordinal) ? text.IndexOf("\n### ", start + heading.Length, StringComparison.Ordinal) : -1;
        int stop = sub >= 0 && (end < 0 || sub < end) ? sub : end;
        return stop < 0 ? text[start..] : text[start..stop];
    }
}
