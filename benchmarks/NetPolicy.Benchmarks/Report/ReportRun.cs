using System.Diagnostics;
using System.Globalization;
using NetPolicy.Benchmarks.Packets;
using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Report;

/// <summary>Measures, keeps the figures, and writes page and picture from them. What is not measured this time keeps its figure.</summary>
/// <param name="root">The repository.</param>
/// <param name="limit">Most time of one row.</param>
/// <param name="budget">No further row is begun when so much time has gone.</param>
public sealed class ReportRun(string root, TimeSpan limit, TimeSpan budget)
{
    private readonly string _results = Path.Combine(root, "benchmarks", "results.json");

    /// <summary>Measures rows, and processes if <paramref name="processes"/>, and writes everything.</summary>
    public int Measure(IReadOnlyList<Row> rows, bool processes)
    {
        ArgumentNullException.ThrowIfNull(rows);
        long start = Stopwatch.GetTimestamp();
        Results results = Results.Read(_results) with { Machine = Machine.Here() };
        if (processes)
        {
            results = results with { Processes = RunProcesses() };
            results.Write(_results);
        }

        int left = 0;
        Console.WriteLine(QuickRun.Header);
        foreach (IGrouping<string, Row> group in rows.GroupBy(r => r.Group))
        {
            if (Stopwatch.GetElapsedTime(start) > budget)
            {
                left += group.Count();
                continue;
            }

            foreach (QuickResult result in new QuickRun(1, limit).Run(group))
            {
                Console.WriteLine(result.Line);
                results.Rows[result.Row.Name] = result.Measurement;
            }

            results.Write(_results);
        }

        if (left > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{left} rows were not begun within {budget.TotalSeconds:0} s; name them, or give more --budget"));
        }

        results = results with { Machine = results.Machine.Later() };
        results.Write(_results);
        WritePage(results);
        return left > 0 ? 1 : 0;
    }

    /// <summary>Writes page and picture from the figures that are kept.</summary>
    public void WritePage() => WritePage(Results.Read(_results));

    /// <summary>True if page and picture are what the figures that are kept say.</summary>
    public bool IsWritten() => Files(Results.Read(_results)).All(f => File.Exists(f.Path) && File.ReadAllText(f.Path) == f.Text);

    private void WritePage(Results results)
    {
        foreach ((string path, string text) in Files(results))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    private (string Path, string Text)[] Files(Results results) =>
    [
        (Path.Combine(root, "docs", "images", "benchmarks-growth.svg"), GrowthPlot.Draw(GrowthSeries.Of(results))),
        (Path.Combine(root, "docs", "benchmarks.md"), Page.Write(results, PacketResults.Read(Path.Combine(root, "benchmarks", "packets.json")))),
    ];

    private List<ProcessRow> RunProcesses()
    {
        ProcessStartInfo info = new(Path.Combine(root, "benchmarks", "processes.sh"), ["--no-build"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(info) ?? throw new InvalidOperationException("the script did not start");
        List<ProcessRow> rows = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            Console.WriteLine(line);
            if (line.Split(' ') is [string name, string milliseconds, string kilobytes, string target, string memory, string verdict])
            {
                bool known = double.TryParse(milliseconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double median);
                rows.Add(new ProcessRow(
                    name,
                    known ? median : null,
                    known ? long.Parse(kilobytes, CultureInfo.InvariantCulture) : null,
                    int.Parse(target, CultureInfo.InvariantCulture),
                    long.Parse(memory, CultureInfo.InvariantCulture),
                    verdict));
            }
        }

        process.WaitForExit();
        return rows;
    }
}
