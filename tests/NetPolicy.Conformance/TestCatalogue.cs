using System.Text.RegularExpressions;

namespace NetPolicy.Conformance;

/// <summary>Which test project holds a test, from the sources below <c>tests/</c>.</summary>
public sealed partial class TestCatalogue
{
    private readonly Dictionary<string, string> _projectOfTest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _textOfProject = new(StringComparer.Ordinal);
    private readonly string[] _corpus;

    /// <summary>Reads all sources.</summary>
    public TestCatalogue(string root)
    {
        foreach (string folder in Directory.GetDirectories(Path.Combine(root, "tests")).Where(f => Directory.GetFiles(f, "*.csproj").Length == 1))
        {
            string project = Path.GetFileName(folder);
            string[] texts = [.. Sources(folder).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
            _textOfProject[project] = string.Join('\n', texts).Replace("\\\"", "\"", StringComparison.Ordinal);
            foreach (string text in texts)
            {
                string space = NamespaceLine().Match(text).Groups[1].Value;
                string type = ClassLine().Match(text).Groups[1].Value;
                foreach (Match method in MethodLine().Matches(text))
                {
                    _projectOfTest[$"{space}.{type}.{method.Groups[1].Value}"] = project;
                }
            }
        }

        string corpus = Path.Combine(root, "tests", "corpus");
        _corpus =
        [
            .. Directory.GetFiles(corpus, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(corpus, path).Replace('\\', '/')),
            File.ReadAllText(Path.Combine(corpus, "kubernetes-validation", "validation.yaml")),
            File.ReadAllText(Path.Combine(corpus, "kubernetes-validation", "defaulting.yaml")),
        ];
    }

    /// <summary>The test project below <c>tests/</c>; null if there is no such test.</summary>
    public string? ProjectOf(string test) => _projectOfTest.GetValueOrDefault(test);

    /// <summary>True if the text is in the test's project or in the corpus.</summary>
    public bool HasCase(string test, string @case)
    {
        // Printed arguments are in quotes and follow their names: `kind: "Pod", spec: "{}"`. Of these the texts must be there.
        string[] texts = [.. @case.Split('"').Where(part => part.Length > 0 && !ArgumentName().IsMatch(part))];
        return ProjectOf(test) is { } project
            && texts.All(part => _textOfProject[project].Contains(part, StringComparison.Ordinal) || _corpus.Any(text => text.Contains(part, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.GetFiles(folder, "*.cs").Concat(
            Directory.GetDirectories(folder).Where(f => Path.GetFileName(f) is not ("bin" or "obj")).SelectMany(Sources));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^public (?:sealed )?(?:partial )?class (\w+)", RegexOptions.Multiline)]
    private static partial Regex ClassLine();

    [GeneratedRegex(@"^    public (?:async )?(?:void|Task|ValueTask) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex MethodLine();

    [GeneratedRegex(@"^(, )?\w+: $")]
    private static partial Regex ArgumentName();
}
