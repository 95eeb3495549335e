namespace NetPolicy.Cli.Tests.Docs;

public sealed class LinkTests
{
    [Fact]
    public void Every_relative_link_and_anchor_leads_somewhere()
    {
        List<string> broken = [];
        foreach (MarkdownPage page in MarkdownPage.All())
        {
            foreach ((int line, string target) in page.Links())
            {
                if (Fault(page, target) is { } fault)
                {
                    broken.Add($"{page.Path}:{line + 1}: {target}: {fault}");
                }
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Fact]
    public void Every_page_below_docs_can_be_reached_from_the_index()
    {
        HashSet<string> reached = new(StringComparer.Ordinal);
        Queue<string> waiting = new(["docs/index.md"]);
        while (waiting.TryDequeue(out string? path))
        {
            if (!reached.Add(path))
            {
                continue;
            }

            foreach ((_, string target) in MarkdownPage.Read(path).Links())
            {
                string file = FileOf(path, target);
                if (file.EndsWith(".md", StringComparison.Ordinal) && File.Exists(Repository.PathOf(file)))
                {
                    waiting.Enqueue(file);
                }
            }
        }

        string[] lost = [.. Repository.Files(".md").Where(f => f.StartsWith("docs/", StringComparison.Ordinal) && !reached.Contains(f))];
        Assert.Empty(lost);
    }

    [Fact]
    public void The_table_of_contents_and_the_configuration_name_what_exists()
    {
        foreach (string line in File.ReadAllLines(Repository.PathOf("docs", "toc.yml")).Select(l => l.Trim()).Where(l => l.StartsWith("href:", StringComparison.Ordinal)))
        {
            string target = line["href:".Length..].Trim();
            Assert.True(target == "api/" || File.Exists(Repository.PathOf("docs", target)), $"docs/toc.yml: {target} does not exist");
        }

        using System.Text.Json.JsonDocument configuration = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Repository.PathOf("docs", "docfx.json")));
        foreach (var project in configuration.RootElement.GetProperty("metadata")[0].GetProperty("src")[0].GetProperty("files").EnumerateArray())
        {
            Assert.True(File.Exists(Repository.PathOf("src", project.GetString()!)), $"docs/docfx.json: {project} does not exist");
        }
    }

    private static string? Fault(MarkdownPage page, string target)
    {
        if (target.StartsWith("https://", StringComparison.Ordinal) || target.StartsWith("http://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return null;
        }

        string file = FileOf(page.Path, target);
        string full = Repository.PathOf(file);
        if (!File.Exists(full) && !Directory.Exists(full))
        {
            return "no such file";
        }

        int hash = target.IndexOf('#', StringComparison.Ordinal);
        return hash >= 0 && file.EndsWith(".md", StringComparison.Ordinal) && !MarkdownPage.Read(file).Anchors().Contains(target[(hash + 1)..])
            ? "no such heading"
            : null;
    }

    private static string FileOf(string page, string target)
    {
        string path = target.Split('#')[0];
        return path.Length == 0 ? page : Repository.RelativePath(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.PathOf(page))!, path)));
    }
}
