using System.Diagnostics;
using System.Globalization;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>The process that reads.</summary>
internal static class Worker
{
    public static int Run(FuzzOptions options)
    {
        FindingFolder folder = new(options.Out);
        TextWriter output = Console.Out;
        long started = Stopwatch.GetTimestamp();
        FuzzRun? run = null;
        using CurrentInput current = new(options.Out);
        using Watchdog watchdog = new((number, input, seen) =>
        {
            string file = folder.Save(input, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{number}-caught"), seen);
            output.WriteLine($"finding {file}: {seen}");
            output.WriteLine(Summary(run?.Inputs ?? 0, run?.Bytes ?? 0, (run?.Findings.Count ?? 0) + 1, started, Environment.WorkingSet));
            output.Flush();
            current.Finish();
            Environment.Exit(1);
        });
        run = new FuzzRun(Seeds.Load(Seeds.FindRoot()), options.Seed, (number, input) =>
        {
            watchdog.Start(number, input);
            current.Start(number);
        });
        run.Run(
            options.First,
            number => (options.Inputs == 0 || number - options.First < options.Inputs)
                && (options.Seconds == 0 || Stopwatch.GetElapsedTime(started).TotalSeconds < options.Seconds),
            finding => output.WriteLine($"finding {folder.Save(finding, options.Seed)}: {finding.Kind}"));
        current.Finish();
        output.WriteLine(Summary(run.Inputs, run.Bytes, run.Findings.Count, started, watchdog.PeakMemory));
        return run.Findings.Count == 0 ? 0 : 1;
    }

    private static string Summary(ulong inputs, long bytes, int findings, long started, long peak)
    {
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"fuzz: {inputs} inputs of {bytes >> 20} MiB in {seconds:F0} s, {inputs / Math.Max(seconds, 0.001):F0} a second, {findings} findings, at most {peak >> 20} MiB of memory");
    }
}
