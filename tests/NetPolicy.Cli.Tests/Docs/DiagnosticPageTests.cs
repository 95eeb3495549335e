using System.Reflection;
using System.Text;
using NetPolicy.Diagnostics;

namespace NetPolicy.Cli.Tests.Docs;

/// <summary>Each kind of finding has a page, and a row in the table of all.</summary>
public sealed class DiagnosticPageTests
{
    private const string Start = "<!-- table: written by the tests -->";

    public static TheoryData<string> Ids() => [.. Descriptors().Select(d => d.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Has_a_page_with_the_input_the_reason_and_the_fix(string id)
    {
        string path = Repository.PathOf("docs", "diagnostics", id + ".md");
        Assert.True(File.Exists(path), $"docs/diagnostics/{id}.md is missing");
        string text = File.ReadAllText(path);
        Assert.StartsWith($"# {id}: ", text, StringComparison.Ordinal);
        Assert.Contains("\n## Flagged\n", text, StringComparison.Ordinal);
        Assert.Contains("\n## Fix\n", text, StringComparison.Ordinal);
        string severity = Assert.Single(text.Split('\n'), l => l.StartsWith("| Severity | ", StringComparison.Ordinal));
        Assert.Contains(Word(Descriptors().Single(d => d.Id == id).Severity), severity, StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_lists_every_kind()
    {
        string path = Repository.PathOf("docs", "diagnostics", "index.md");
        string text = File.ReadAllText(path);
        int start = text.IndexOf(Start, StringComparison.Ordinal);
        Assert.True(start >= 0, "docs/diagnostics/index.md has no place for the table");
        Golden.Compare(path, text[..start] + Start + "\n\n" + Table());
    }

    [Fact]
    public void Ids_are_unique_and_of_their_range()
    {
        Assert.Empty(Descriptors().GroupBy(d => d.Id, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.All(Descriptors(), d => Assert.Matches("^NP[1-5][0-9]{3}$", d.Id));
    }

    [Fact]
    public void Every_page_is_of_an_id_that_exists()
    {
        HashSet<string> known = [.. Descriptors().Select(d => d.Id), "index", "NPD001"];
        string[] stray = [.. Directory.GetFiles(Repository.PathOf("docs", "diagnostics"), "*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(n => !known.Contains(n))];
        Assert.Empty(stray);
    }

    private static string Table()
    {
        StringBuilder table = new("| id | severity | finding | what to do |\n| --- | --- | --- | --- |\n");
        foreach (DiagnosticDescriptor d in Descriptors())
        {
            table.Append("| [").Append(d.Id).Append("](").Append(d.Id).Append(".md) | ").Append(Word(d.Severity)).Append(" | ").Append(Cell(d.Title)).Append(" | ").Append(Cell(d.Help)).Append(" |\n");
        }

        return table.ToString();
    }

    private static string Word(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "info",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static IReadOnlyList<DiagnosticDescriptor> Descriptors() =>
    [
        .. Libraries.Assemblies
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => f.FieldType == typeof(DiagnosticDescriptor))
            .Select(f => (DiagnosticDescriptor)f.GetValue(null)!)
            .OrderBy(d => d.Id, StringComparer.Ordinal),
    ];
}
