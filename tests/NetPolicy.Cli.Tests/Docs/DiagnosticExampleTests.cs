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
        Assert.Contains(id, IdsOf(id, blocks[0].Text));
        foreach (MarkdownBlock fix in blocks.Skip(1))
        {
            Assert.DoesNotContain(id, IdsOf(id, fix.Text));
        }
    }

    private static IReadOnlyList<string> IdsOf(string id, string yaml)
    {
        string command = id.StartsWith("NP3", StringComparison.Ordinal) ? "lint" : "validate";
        NetpolResult result = Netpol.Run([command, "-o", "json", "-"], yaml);
        Assert.True(result.ExitCode is 0 or 1, result.ToString());
        return [.. result.Json.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetString()!)];
    }
}
