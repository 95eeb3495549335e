using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Report;

/// <summary>Times of one work at growing sizes.</summary>
/// <param name="Name">World and work.</param>
/// <param name="Points">Multiples of the smallest size, and nanoseconds; only those that were measured.</param>
/// <param name="Limit">What a doubling may cost at most; null if nothing is asked.</param>
public sealed record GrowthSeries(string Name, IReadOnlyList<(int Factor, double Nanoseconds)> Points, double? Limit)
{
    private static readonly string[] Worlds = ["W1", "W2", "W3", "W4", "W5", "W6"];
    private static readonly int[] Scales = [1, 2, 4, 8, 16];
    private static readonly int[] Replicas = [1, 2, 4, 8];

    /// <summary>The largest cost of a doubling; null if there are less than two points.</summary>
    public double? Worst => Points.Count < 2 ? null : Doublings.Max();

    /// <summary>Cost of each doubling.</summary>
    public IEnumerable<double> Doublings => Points.Skip(1).Select((p, i) => p.Nanoseconds / Points[i].Nanoseconds);

    /// <summary>All series of which something is known.</summary>
    public static IReadOnlyList<GrowthSeries> Of(Results results)
    {
        ArgumentNullException.ThrowIfNull(results);
        GrowthSeries[] all =
        [
            Series("W1 matrix", Scales, 2.5, f => f == 8 ? "W1.matrix" : $"growth.W1.x{f}.matrix"),
            .. Worlds.Select(w => Series(w + " index", Scales, 2.5, f => f == 8 ? w + ".index" : $"growth.{w}.x{f}.index")),
            Series("W1 matrix, replicas", Replicas, 1.1, f => f == 1 ? "W1.matrix" : $"growth.W1.replicas-x{f}.matrix"),
            Series("W1 index, replicas", Replicas, null, f => f == 1 ? "W1.index" : $"growth.W1.replicas-x{f}.index"),
        ];
        return [.. all.Where(s => s.Points.Count > 0)];

        GrowthSeries Series(string name, int[] factors, double? limit, Func<int, string> row) => new(
            name,
            [.. factors.Select(f => (f, results.Of(row(f))?.Median)).TakeWhileKnown()],
            limit);
    }
}

file static class Known
{
    // Points are neighbours: a missing one ends or begins the series.
    public static IEnumerable<(int, double)> TakeWhileKnown(this IEnumerable<(int Factor, double? Nanoseconds)> points) =>
        points.SkipWhile(p => p.Nanoseconds is null).TakeWhile(p => p.Nanoseconds is not null).Select(p => (p.Factor, p.Nanoseconds!.Value));
}
