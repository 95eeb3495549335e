using System.Text.RegularExpressions;

namespace NetPolicy.Cli.Tests.Docs;

public sealed partial class WordingTests
{
    [Fact]
    public void Pages_name_no_machine_path_and_no_package_mirror()
    {
        Assert.Empty(
            from page in MarkdownPage.All()
            from line in page.TextOf().Split('\n').Select((text, index) => (text, index))
            where Banned().IsMatch(line.text)
            select $"{page.Path}:{line.index + 1}: {line.text.Trim()}");
    }

    [Fact]
    public void Pages_have_one_first_heading_no_tabs_and_LF()
    {
        foreach (MarkdownPage page in MarkdownPage.All().Where(p => p.Path == "README.md" || p.Path.StartsWith("docs/", StringComparison.Ordinal)))
        {
            string text = page.TextOf();
            Assert.False(text.Contains('\r', StringComparison.Ordinal), $"{page.Path} has CR");
            Assert.True(text.EndsWith('\n'), $"{page.Path} does not end with a line break");
            Assert.True(page.Prose().Count(l => l.Text.StartsWith("# ", StringComparison.Ordinal)) == 1, $"{page.Path} needs one heading of the first level");
        }
    }

    // Absolute paths of somebody's machine; hosts that serve packages other than the public ones.
    [GeneratedRegex(@"(?<![\w.])/(?:work|home|root|Users|tmp)/|artifactory|nexus\.|/api/nuget/|\bTODO\b|\bFIXME\b", RegexOptions.IgnoreCase)]
    private static partial Regex Banned();
}
