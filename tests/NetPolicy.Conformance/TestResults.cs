using System.Xml.Linq;

namespace NetPolicy.Conformance;

/// <summary>What a run of some tests came to.</summary>
/// <param name="Passed">Full names of tests that passed, cases included.</param>
/// <param name="Failed">Full names of tests that failed.</param>
/// <param name="Skipped">Full names of tests that did not run.</param>
/// <param name="IsDoubtful">True if some tests failed because a method could not be compiled or found when it was called.</param>
internal sealed record TestResults(string[] Passed, string[] Failed, string[] Skipped, bool IsDoubtful)
{
    private static readonly string[] Doubts =
    [
        "InvalidProgramException", "BadImageFormatException", "TypeLoadException", "MissingMethodException", "MissingFieldException", "TypeInitializationException", "HotReload",
    ];

    /// <summary>Runs test methods of a project in a copy of the repository; null if the run did not come to an end.</summary>
    /// <remarks>Examples look at <c>NETPOLICY_EXAMPLES</c> and run only those that are named, one in each line. With <paramref name="delta"/> the product is changed before they run (<see cref="StartupHook"/>).</remarks>
    public static async Task<TestResults?> Of(string root, string project, IEnumerable<Row> rows, string? delta = null)
    {
        string[] methods = [.. rows.Select(row => row.Test).Distinct(StringComparer.Ordinal)];
        string examples = string.Join('\n', rows.Select(row => row.Case.Trim('"')));
        string folder = Path.Combine(root, "tests", project, "bin", "Release", "net10.0");
        string report = Path.Combine(root, "results.xml");
        File.Delete(report);
        Dictionary<string, string> variables = new() { ["NETPOLICY_EXAMPLES"] = examples };
        if (delta is not null)
        {
            variables["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
            variables["DOTNET_MODIFIABLE_ASSEMBLIES"] = "debug";
            variables[StartupHook.Variable] = delta;
        }

        await Commands.Run(
            folder,
            TimeSpan.FromMinutes(20),
            [$"{project}.dll", "-noLogo", "-noColor", "-xml", report, .. methods.SelectMany(method => (string[])["-method", method])],
            variables);
        if (!File.Exists(report))
        {
            return null;
        }

        XElement[] tests = [.. XDocument.Load(report).Descendants("test")];
        return new TestResults(Named("Pass"), Named("Fail"), Named("Skip"), tests.Any(test => test.Element("failure")?.ToString() is { } failure && Doubts.Any(doubt => failure.Contains(doubt, StringComparison.Ordinal))));

        string[] Named(string result) =>
        [
            .. tests.Where(test => test.Attribute("result")!.Value == result)
                .Select(test => test.Attribute("name")!.Value.Replace("\\\"", "\"", StringComparison.Ordinal)),
        ];
    }

    /// <summary>True if the name is that of the row's test, whatever the case.</summary>
    public static bool IsOf(Row row, string name) => name == row.Test || name.StartsWith(row.Test + "(", StringComparison.Ordinal);

    /// <summary>Those of the names that are the row's test, and its case if it names one.</summary>
    public static string[] Of(Row row, string[] names) => [.. names.Where(name => IsOf(row, name) && name.Contains(row.Case, StringComparison.Ordinal))];
}
