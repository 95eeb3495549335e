namespace NetPolicy.Enforce;

/// <summary>How a watcher works.</summary>
public sealed record NftWatcherOptions
{
    /// <summary>The documented defaults.</summary>
    public static NftWatcherOptions Default { get; } = new();

    /// <summary>True to load again what should be there, which is the default; false to say only that it is not.</summary>
    public bool Repairs { get; init; } = true;

    /// <summary>How long at most nothing is compared; five minutes by default. More than nothing.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);
}
