using System.Text.Json;

namespace NetPolicy.Cli.Tests.Docs;

/// <summary>What the pages of diagnostics show is really flagged, and the fix is not.</summary>
public sealed class DiagnosticExampleTests
{
    public static TheoryData<string> Pages() =>
        [.. MarkdownPage.All().Where(p => p.Path.StartsWith("docs/diagnostics/NP", StringComparison.Ordinal) && p.Blocks.Any(b => b.Marker == "validated")).Select(p => p.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_flagged_input_is_flagged_and_the_fix_is_not(string path)
    {
        string id = Path.GetFileNameWithoutExtension(path);
        MarkdownPage page = MarkdownPage.Read(path);
        MarkdownBlock[] blocks = [.. page.Blocks.Where(b => b.Marker == "validated")];
        Assert.Contains(id, IdsOf(blocks[0].Text));
        foreach (MarkdownBlock fix in blocks.Skip(1))
        {
            Assert.Empty(IdsOf(fix.Text));
        }
    }

    private static IReadOnlyList<string> IdsOf(string yaml)
    {
        NetpolResult result = Netpol.Run(["validate", "-o", "json", "-"], yaml);
        return [.. result.Json.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetString()!)];
    }
}
