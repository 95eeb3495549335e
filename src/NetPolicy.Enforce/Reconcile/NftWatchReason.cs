namespace NetPolicy.Enforce;

/// <summary>Why a watcher compared what is loaded with what should be.</summary>
public enum NftWatchReason : byte
{
    /// <summary>It was time: see <see cref="NftWatcherOptions.Interval"/>.</summary>
    Interval = 0,

    /// <summary>The kernel told that somebody else changed the table.</summary>
    ForeignChange,

    /// <summary>The kernel told of changes faster than they were read, so that some are unknown.</summary>
    LostMessages,
}
