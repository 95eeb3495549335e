namespace NetPolicy.Cli.Tests.Docs;

public sealed class SnippetTests
{
    [Fact]
    public void Every_marked_code_block_equals_its_compiled_region_and_every_shown_file_its_file()
    {
        List<string> wrong = [];
        foreach (MarkdownPage page in MarkdownPage.All())
        {
            for (int i = 0; i < page.Blocks.Count; i++)
            {
                string? marker = page.Blocks[i].Marked("snippet") ?? page.Blocks[i].Marked("file");
                if (marker is null)
                {
                    continue;
                }

                string region = page.Blocks[i].Marked("file") is { } file ? File.ReadAllText(Repository.PathOf(file)) : Region(marker);
                if (Golden.IsUpdating)
                {
                    page.Replace(page.Blocks[i], region);
                }
                else if (page.Blocks[i].Text != region)
                {
                    wrong.Add($"{page.Path}:{page.Blocks[i].Line + 1}: {marker}: {Golden.Difference(page.Blocks[i].Text, region)}");
                }
            }
        }

        Assert.True(wrong.Count == 0, "NETPOLICY_UPDATE_GOLDEN=1 rewrites code blocks\n" + string.Join('\n', wrong));
    }

    // Pages of design and diagnostics show fragments, some of which must not compile.
    [Fact]
    public void Every_CSharp_block_of_the_guide_is_compiled()
    {
        Assert.Empty(
            from page in MarkdownPage.All()
            where page.Path == "README.md"
                || (page.Path.StartsWith("docs/", StringComparison.Ordinal)
                    && !page.Path.StartsWith("docs/design/", StringComparison.Ordinal)
                    && !page.Path.StartsWith("docs/diagnostics/", StringComparison.Ordinal))
            from block in page.Blocks
            where block.Language is "csharp" or "cs" or "c#" && block.Marked("snippet") is null
            select $"{page.Path}:{block.Line + 1}");
    }

    /// <summary>The lines of <c>file#region</c>, without the indentation that they share.</summary>
    private static string Region(string marker)
    {
        string[] parts = marker.Split('#');
        Assert.True(parts.Length == 2 && File.Exists(Repository.PathOf(parts[0])), $"snippet `{marker}`: no such file");
        string[] lines = File.ReadAllLines(Repository.PathOf(parts[0]));
        int start = Array.FindIndex(lines, l => l.Trim() == "#region " + parts[1]);
        Assert.True(start >= 0, $"snippet `{marker}`: no such region");
        int end = Array.FindIndex(lines, start, l => l.Trim() == "#endregion");
        Assert.True(end > start, $"snippet `{marker}`: the region does not end");
        string[] body = [.. lines[(start + 1)..end].SkipWhile(string.IsNullOrWhiteSpace)];
        int indent = body.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', body.Select(l => l.Length >= indent ? l[indent..] : "")).TrimEnd('\n') + "\n";
    }
}
