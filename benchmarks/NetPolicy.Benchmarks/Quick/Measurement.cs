namespace NetPolicy.Benchmarks.Quick;

/// <summary>What one row measured.</summary>
/// <param name="Median">Median nanoseconds of one operation.</param>
/// <param name="Count">How many operations, or runs, it is the median of.</param>
public sealed record Measurement(double Median, int Count)
{
    /// <summary>99th percentile of nanoseconds of one operation; null where runs are too few.</summary>
    public double? P99 { get; init; }

    /// <summary>Bytes allocated by one operation; null if not measured.</summary>
    public double? Allocated { get; init; }

    /// <summary>Bytes that stay reachable after it, documents released; null if not measured.</summary>
    public long? Retained { get; init; }

    /// <summary>What else there is to say, such as bytes for each pod.</summary>
    public string Note { get; init; } = "";
}
