using System.Collections.Concurrent;

namespace NetPolicy.Conformance;

/// <summary>Makes the changes of the chosen rows, one at a time in each copy, and sees whether their tests notice.</summary>
internal sealed class MutationRun(string root, IReadOnlyList<Row> rows)
{
    private readonly TestCatalogue _tests = new(root);
    private readonly Dictionary<string, Compiler> _compilers = new(StringComparer.Ordinal);
    private readonly Outcome[] _outcomes = new Outcome[rows.Count];

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
            ConcurrentQueue<int> waiting = new(Enumerable.Range(0, rows.Count));
            await Task.WhenAll(Enumerable.Range(0, Math.Min(rows.Count, Math.Max(1, Environment.ProcessorCount))).Select(i => Task.Run(() => Work(Path.Combine(work, $"{i}"), used, waiting))));
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
                TestResults? results = await TestResults.Of(work, group.Key, group.Select(row => row.Test).Distinct(StringComparer.Ordinal));
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

    private async Task Work(string copy, HashSet<string> used, ConcurrentQueue<int> waiting)
    {
        Copies.Make(root, copy, used);
        while (waiting.TryDequeue(out int index))
        {
            (_outcomes[index], string note) = await Judge(copy, rows[index]);
            string word = _outcomes[index] switch { Outcome.Killed => "killed", Outcome.Survived => "SURVIVED", _ => "broken" };
            Console.WriteLine($"{word,-9} {rows[index].Id,-9} {note}");
        }
    }

    private async Task<(Outcome, string)> Judge(string copy, Row row)
    {
        if (TableChecks.MutationFault(copy, row) is { } fault)
        {
            return (Outcome.Broken, $"does not apply: {fault}");
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
                return (Outcome.Broken, $"does not build: {error}");
            }

            File.Copy(output, library, overwrite: true);
            TestResults? results = await TestResults.Of(copy, tests, [row.Test]);
            if (results is null)
            {
                return (Outcome.Broken, "the test did not finish");
            }

            int of = results.Passed.Length + results.Failed.Length;
            return TestResults.Of(row, results.Failed).Length > 0
                ? (Outcome.Killed, of == 1 ? "" : $"{results.Failed.Length} of {of} cases fail")
                : (Outcome.Survived, $"{results.Failed.Length} of {of} cases fail, but not `{row.Case}`: {row.Says}");
        }
        finally
        {
            await File.WriteAllTextAsync(source, kept);
            await File.WriteAllBytesAsync(library, keptLibrary);
        }
    }
}
