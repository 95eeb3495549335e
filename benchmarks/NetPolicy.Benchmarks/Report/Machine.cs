using System.Globalization;
using System.Runtime.InteropServices;

namespace NetPolicy.Benchmarks.Report;

/// <summary>Where figures were taken.</summary>
/// <param name="Processor">Its name.</param>
/// <param name="Cores">How many.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET version.</param>
/// <param name="OtherWork">Share of the processors that others used before or after, whichever is more; null where that cannot be known.</param>
public sealed record Machine(string Processor, int Cores, string System, string Runtime, double? OtherWork)
{
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(2);

    /// <summary>This machine, while nothing is measured on it.</summary>
    public static Machine Here()
    {
        string? processor = Lines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        return new Machine(
            processor ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            OperatingSystem.IsLinux() ? "Linux" : OperatingSystem.IsMacOS() ? "macOS" : "Windows",
            RuntimeInformation.FrameworkDescription,
            Busy());
    }

    /// <summary>The same machine later.</summary>
    public Machine Later() => this with { OtherWork = OtherWork is { } before && Busy() is { } after ? Math.Max(before, after) : null };

    private static double? Busy()
    {
        if (Times() is not { } before)
        {
            return null;
        }

        Thread.Sleep(Sample);
        return Times() is { } after && after.All > before.All ? (double)(after.Busy - before.Busy) / (after.All - before.All) : null;
    }

    // user, nice, system, idle, iowait, irq, softirq, steal
    private static (long Busy, long All)? Times()
    {
        long[] ticks = [.. (Lines("/proc/stat").FirstOrDefault() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
        return ticks.Length < 8 ? null : (ticks.Sum() - ticks[3] - ticks[4], ticks.Sum());
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
