namespace NetPolicy.Benchmarks.Quick;

/// <summary>What a row should reach; null fields are not asked for.</summary>
public sealed record Target
{
    /// <summary>No target: the row is there to be compared.</summary>
    public static Target None { get; } = new();

    /// <summary>Most nanoseconds of the median.</summary>
    public double? Median { get; init; }

    /// <summary>Most nanoseconds of the 99th percentile.</summary>
    public double? P99 { get; init; }

    /// <summary>Most bytes allocated by one operation.</summary>
    public double? Allocated { get; init; }

    /// <summary>Most bytes retained.</summary>
    public long? Retained { get; init; }

    /// <summary>True if <paramref name="measurement"/> is within all that is asked for; null if nothing is.</summary>
    public bool? IsMet(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return this == None ? null
            : (Median is null || measurement.Median <= Median)
            && (P99 is null || (measurement.P99 ?? measurement.Median) <= P99)
            && (Allocated is null || measurement.Allocated <= Allocated)
            && (Retained is null || measurement.Retained <= Retained);
    }

    /// <summary>In words, for a row that counts operations (<paramref name="isRate"/>) or time.</summary>
    public string Describe(bool isRate)
    {
        string[] parts =
        [
            .. Median is { } median ? [isRate ? ">= " + Units.Rate(median) : "<= " + Units.Time(median)] : Array.Empty<string>(),
            .. P99 is { } p99 ? ["p99 <= " + Units.Time(p99)] : Array.Empty<string>(),
            .. Allocated is { } allocated ? ["<= " + Units.Bytes(allocated) + " allocated"] : Array.Empty<string>(),
            .. Retained is { } retained ? ["<= " + Units.Bytes(retained) + " retained"] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? "-" : string.Join(", ", parts);
    }
}
