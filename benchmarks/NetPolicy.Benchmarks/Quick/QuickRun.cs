using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NetPolicy.Benchmarks.Worlds;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>
/// Runs rows in processes of their own, one for the rows of a group, and ends a row that goes on for too long: it is told as over the limit, and the rest of its
/// group goes on in a new process. Each process begins with an empty heap, so retained bytes are those of the row.
/// </summary>
public sealed class QuickRun(double scale, TimeSpan limit)
{
    private const string Begun = "#begin ", Done = "#done ";

    /// <summary>Title of the table.</summary>
    public static string Header => $"{"name",-26} {"median",-24} {"allocated",-12} {"retained",-12} {"target",-34} ok?";

    /// <summary>Rows whose name is, or begins with, one of <paramref name="names"/>; all if there are none.</summary>
    public static IReadOnlyList<Row> Select(IEnumerable<Row> rows, IReadOnlyCollection<string> names) =>
        [.. rows.Where(r => names.Count == 0 || names.Any(n => r.Name == n || r.Name.StartsWith(n + ".", StringComparison.Ordinal)))];

    /// <summary>Runs the rows one after the other; results come in their order as soon as they are known.</summary>
    public IEnumerable<QuickResult> Run(IEnumerable<Row> rows)
    {
        foreach (IGrouping<string, Row> group in rows.GroupBy(r => r.Group))
        {
            Queue<Row> left = new(group);
            while (left.Count > 0)
            {
                foreach (QuickResult result in RunProcess(left))
                {
                    yield return result;
                }
            }
        }
    }

    /// <summary>Runs rows here, without a limit; in the processes that <see cref="Run"/> starts, and under a profiler.</summary>
    public static int RunHere(IReadOnlyList<Row> rows, double scale)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (IGrouping<string, Row> group in rows.GroupBy(r => r.Group))
        {
            Row any = group.First();
            Stage stage = new(any.World, new WorldSize(any.Scale * scale, any.Replicas));
            foreach (Row row in group)
            {
                if (row is { IsIndex: false, NeedsEngine: true })
                {
                    // What a row stands on is not part of it, nor of its time limit.
                    Console.WriteLine(Begun + row.Name);
                    _ = stage.Engine;
                }

                Console.WriteLine(Begun + row.Name);
                Measurement measurement = row.Measure(stage);
                Console.WriteLine(Done + JsonSerializer.Serialize(measurement));
            }

            stage.Clear();
        }

        return 0;
    }

    private IEnumerable<QuickResult> RunProcess(Queue<Row> left)
    {
        using Process process = Start(left);
        bool alive = true;
        while (alive && left.Count > 0)
        {
            Row row = left.Peek();
            (string? line, bool isLate) = Read(process);
            if (line is not null && line.StartsWith(Begun, StringComparison.Ordinal))
            {
                continue;
            }

            left.Dequeue();
            if (line is not null && line.StartsWith(Done, StringComparison.Ordinal))
            {
                yield return new QuickResult(row, JsonSerializer.Deserialize<Measurement>(line[Done.Length..]));
                continue;
            }

            alive = false;
            string why = isLate ? string.Create(CultureInfo.InvariantCulture, $"over the limit of {limit.TotalSeconds:0} s") : "failed: " + (line ?? "ended early");
            Kill(process);
            yield return new QuickResult(row, null, why);
            while (row.IsIndex && left.TryDequeue(out Row? next))
            {
                yield return new QuickResult(next, null, "not begun: its world is not indexed in time");
            }
        }

        Kill(process);
    }

    private Process Start(IEnumerable<Row> rows)
    {
        ProcessStartInfo info = new(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            info.ArgumentList.Add(typeof(QuickRun).Assembly.Location);
        }

        string[] arguments = ["quick", "--here", "--scale", scale.ToString("R", CultureInfo.InvariantCulture), "--exactly", .. rows.Select(r => r.Name)];
        foreach (string argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return Process.Start(info) ?? throw new InvalidOperationException("the process did not start");
    }

    private (string? Line, bool IsLate) Read(Process process)
    {
        while (true)
        {
            Task<string?> line = process.StandardOutput.ReadLineAsync();
            if (!line.Wait(limit))
            {
                return (null, true);
            }

            if (line.Result is null || line.Result.StartsWith('#'))
            {
                return (line.Result, false);
            }
        }
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
    }
}
