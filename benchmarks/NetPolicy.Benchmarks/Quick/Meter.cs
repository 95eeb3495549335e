using System.Diagnostics;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Times and bytes.</summary>
public static class Meter
{
    private static readonly double NanosecondsOfTick = 1e9 / Stopwatch.Frequency;

    /// <summary>Bytes that are reachable now.</summary>
    public static long Live()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Repeats until <paramref name="times"/> or the time is up.</summary>
    public static void Repeat(TimeSpan enough, int times, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times && Stopwatch.GetElapsedTime(start) < enough; i++)
        {
            action();
        }
    }

    /// <summary>
    /// Median of up to <paramref name="times"/> long runs, each after <paramref name="reset"/> and a collection, which are not counted; no further run is begun
    /// when <paramref name="enough"/> time has gone.
    /// </summary>
    public static Measurement Runs(int times, TimeSpan enough, Action reset, Action run)
    {
        ArgumentNullException.ThrowIfNull(reset);
        ArgumentNullException.ThrowIfNull(run);
        List<double> nanoseconds = [], bytes = [];
        TimeSpan spent = TimeSpan.Zero;
        while (nanoseconds.Count < times && (nanoseconds.Count == 0 || spent < enough))
        {
            reset();
            GC.Collect();
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            long start = Stopwatch.GetTimestamp();
            run();
            long end = Stopwatch.GetTimestamp();
            bytes.Add(GC.GetTotalAllocatedBytes(precise: true) - allocated);
            nanoseconds.Add((end - start) * NanosecondsOfTick);
            spent += Stopwatch.GetElapsedTime(start, end);
        }

        // The first run pays for code that is compiled while it runs.
        return Summarise(nanoseconds.Count > 2 ? nanoseconds[1..] : nanoseconds) with { Allocated = Median(bytes) };
    }

    /// <summary>
    /// Median and 99th percentile of up to <paramref name="times"/> short operations; each may be followed by <paramref name="undo"/>, which is not counted. Stops
    /// when <paramref name="enough"/> time has gone.
    /// </summary>
    public static Measurement Operations(int times, TimeSpan enough, Action<int> operation, Action<int>? undo = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        long begin = Stopwatch.GetTimestamp();
        List<double> nanoseconds = new(times);
        long bytes = 0;
        for (int i = 0; i < times && (i == 0 || Stopwatch.GetElapsedTime(begin) < enough); i++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            operation(i);
            long end = Stopwatch.GetTimestamp();
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            nanoseconds.Add((end - start) * NanosecondsOfTick);
            undo?.Invoke(i);
        }

        return Summarise(nanoseconds) with { Allocated = (double)bytes / nanoseconds.Count };
    }

    /// <summary>Middle value; of an even number the lower middle.</summary>
    public static double Median(IReadOnlyCollection<double> values) => Percentile(values, 0.5);

    private static Measurement Summarise(List<double> nanoseconds) =>
        new(Median(nanoseconds), nanoseconds.Count) { P99 = nanoseconds.Count >= 100 ? Percentile(nanoseconds, 0.99) : null };

    private static double Percentile(IReadOnlyCollection<double> values, double part) =>
        values.Order().ElementAt(Math.Clamp((int)Math.Ceiling(part * values.Count) - 1, 0, values.Count - 1));
}
