using System.Collections.Concurrent;

namespace NetPolicy.Conformance;

/// <summary>Makes the changes of the chosen rows, one at a time in each copy, and sees whether their tests notice.</summary>
internal sealed class MutationRun(string root, IReadOnlyList<Row> rows)
{
    private readonly TestCatalogue _tests = new(root);
    private readonly Dictionary<string, Compiler> _compilers = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Outcome> _outcomes = [];

    /// <summary>The exit code: 0 if every mutation was killed.</summary>
    public async Task<int> Run()
    {
        string work = Directory.CreateTempSubdirectory("netpolicy-conformance-").FullName;
        try
        {
            if (!await AreGreen())
            {
                return 1;
            }

            foreach (string project in rows.Select(ProjectOf).Distinct(StringComparer.Ordinal))
            {
                _compilers[project] = await Compiler.Of(root, project);
            }

            HashSet<string> used = [.. rows.Select(row => _tests.ProjectOf(row.Test)!)];
            ConcurrentQueue<Row[]> waiting = new(rows.GroupBy(row => (row.In, row.Find, row.Put, _tests.ProjectOf(row.Test))).Select(group => group.ToArray()));
            await Task.WhenAll(Enumerable.Range(0, Math.Min(rows.Count, Environment.ProcessorCount)).Select(i => Task.Run(() => Work(Path.Combine(work, $"{i}"), used, waiting))));
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        int killed = _outcomes.Count(o => o == Outcome.Killed), survived = _outcomes.Count(o => o == Outcome.Survived);
        Console.WriteLine($"{rows.Count} mutations, {killed} killed, {survived} survived, {rows.Count - killed - survived} broken");
        return killed == rows.Count ? 0 : 1;
    }

    private static string ProjectOf(Row row) => row.In.Split('/')[1];

    // Tests that fail before anything is changed say nothing.
    private async Task<bool> AreGreen()
    {
        bool isGreen = true;
        foreach (IGrouping<string, Row> group in rows.GroupBy(row => _tests.ProjectOf(row.Test)!, StringComparer.Ordinal))
        {
            string work = Directory.CreateTempSubdirectory("netpolicy-conformance-").FullName;
            try
            {
                Copies.Make(root, work, new HashSet<string> { group.Key });
                TestResults? results = await TestResults.Of(work, group.Key, group);
                foreach (Row row in group)
                {
                    string? fault = results is null ? "the tests did not finish"
                        : TestResults.Of(row, results.Failed) is { Length: > 0 } failed ? $"fails unchanged: {failed[0]}"
                        : TestResults.Of(row, results.Skipped) is { Length: > 0 } skipped ? $"is skipped here: {skipped[0]}"
                        : TestResults.Of(row, results.Passed).Length == 0 ? $"does not exist: {row.Test} {row.Case}"
                        : null;
                    if (fault is not null)
                    {
                        isGreen = false;
                        Console.WriteLine($"{row.Id}: its test {fault}");
                    }
                }
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }
        }

        Console.WriteLine(isGreen ? "all named tests pass unchanged" : "nothing is changed until all named tests pass");
        return isGreen;
    }

    private async Task Work(string copy, HashSet<string> used, ConcurrentQueue<Row[]> waiting)
    {
        Copies.Make(root, copy, used);
        MakeChangeable(copy, used);
        while (waiting.TryDequeue(out Row[]? alike))
        {
            (string? fault, TestResults? results) = await Change(copy, alike);
            foreach (Row row in alike)
            {
                (Outcome outcome, string note) = fault is not null ? (Outcome.Broken, fault) : Judge(row, results!);
                _outcomes.Add(outcome);
                string word = outcome switch { Outcome.Killed => "killed", Outcome.Survived => "SURVIVED", _ => "broken" };
                Console.WriteLine($"{word,-9} {row.Id,-9} {note}");
            }
        }
    }

    private static (Outcome, string) Judge(Row row, TestResults results)
    {
        string[] failed = [.. results.Failed.Where(name => TestResults.IsOf(row, name))];
        return TestResults.Of(row, results.Failed).Length > 0
            ? (Outcome.Killed, row.Says)
            : (Outcome.Survived, $"{failed.Length} other cases fail, but not `{row.Case}`: {row.Says}");
    }

    // The libraries that can be changed while they run, in place of those of the build, which behave alike.
    private void MakeChangeable(string copy, HashSet<string> used)
    {
        foreach (string folder in used.Select(tests => Path.Combine(copy, "tests", tests, "bin", "Release", "net10.0")))
        {
            foreach ((string project, Compiler compiler) in _compilers)
            {
                if (compiler.Deltas is { } deltas && Path.Combine(folder, project + ".dll") is var library && File.Exists(library))
                {
                    File.WriteAllBytes(library, deltas.Library);
                }
            }

            foreach (string settings in Directory.GetFiles(folder, "*.runtimeconfig.json"))
            {
                File.WriteAllText(settings, File.ReadAllText(settings).Replace("MetadataUpdater.IsSupported\": false", "MetadataUpdater.IsSupported\": true", StringComparison.Ordinal));
            }
        }
    }

    // A changed method is tried first. Only if its tests fail, and as tests fail, this is the answer; everything else is asked again of a whole library.
    private async Task<TestResults?> ChangeMethod(string copy, Row[] alike)
    {
        Row row = alike[0];
        string project = ProjectOf(row), delta = Path.Combine(copy, "delta");
        if (_compilers[project].Deltas is not { } deltas || !deltas.TryWrite(Path.Combine(root, row.In), row.Find, row.Put, delta))
        {
            return null;
        }

        TestResults? results = await TestResults.Of(copy, _tests.ProjectOf(row.Test)!, alike, $"{project}:{delta}");
        return results is { IsDoubtful: false } && alike.All(one => Judge(one, results).Item1 == Outcome.Killed) ? results : null;
    }

    // Rows with one and the same change share its build and the run of their tests.
    private async Task<(string? Fault, TestResults? Results)> Change(string copy, Row[] alike)
    {
        Row row = alike[0];
        if (TableChecks.MutationFault(copy, row) is { } fault)
        {
            return ($"does not apply: {fault}", null);
        }

        if (await ChangeMethod(copy, alike) is { } found)
        {
            return (null, found);
        }

        string source = Path.Combine(copy, row.In), project = ProjectOf(row), tests = _tests.ProjectOf(row.Test)!;
        string library = Path.Combine(copy, "tests", tests, "bin", "Release", "net10.0", project + ".dll");
        string kept = await File.ReadAllTextAsync(source);
        byte[] keptLibrary = await File.ReadAllBytesAsync(library);
        try
        {
            await File.WriteAllTextAsync(source, kept.Replace(row.Find, row.Put, StringComparison.Ordinal));
            string output = Path.Combine(copy, project + ".dll");
            if (await _compilers[project].Compile(Path.Combine(copy, "src", project), output) is { } error)
            {
                return ($"does not build: {error}", null);
            }

            File.Copy(output, library, overwrite: true);
            TestResults? results = await TestResults.Of(copy, tests, alike);
            return (results is null ? "the test did not finish" : null, results);
        }
        finally
        {
            await File.WriteAllTextAsync(source, kept);
            await File.WriteAllBytesAsync(library, keptLibrary);
        }
    }
}
