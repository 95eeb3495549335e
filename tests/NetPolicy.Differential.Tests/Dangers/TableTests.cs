using System.Text.RegularExpressions;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>The table of dangers names tests that exist, and no danger without one.</summary>
public sealed partial class TableTests
{
    [Fact]
    public void Every_danger_has_a_test()
    {
        string[] rows = [.. File.ReadLines(Repository.PathOf("docs", "design", "enforcement-dangers.md")).Where(l => Row().IsMatch(l))];
        HashSet<string> tests = new(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            tests.UnionWith(Method().Matches(text).Select(m => Path.GetFileNameWithoutExtension(file) + "." + m.Groups[1].Value));
        }

        Assert.True(rows.Length > 50);
        HashSet<string> numbers = new(StringComparer.Ordinal);
        foreach (string row in rows)
        {
            string[] cells = [.. row.Trim('|').Split('|').Select(c => c.Trim())];
            Assert.True(cells.Length == 3 && cells[1].Length > 0 && numbers.Add(cells[0]), row);
            string[] named = [.. cells[2].Split("<br>").Select(t => t.Trim().Trim('`'))];
            Assert.All(named, t => Assert.True(tests.Contains(t), $"{cells[0]}: there is no test {t}"));
        }
    }

    [GeneratedRegex(@"^\| \d+\.\d+ \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"^    public (?:async )?(?:void|Task|ValueTask) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();
}
