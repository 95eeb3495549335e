using NetPolicy.Collections;

namespace NetPolicy.Enforce;

/// <summary>What a watcher found when it compared what is loaded with what should be.</summary>
/// <param name="Reason">Why it looked.</param>
/// <param name="Process">The process, or the thread, that changed the table; 0 if that is not known.</param>
/// <param name="ProcessName">Its name; empty if that is not known.</param>
/// <param name="Differences">One line for each chain, set and map that differs, in ordinal order; empty if none does.</param>
/// <param name="IsRepaired">True if what should be is loaded again.</param>
/// <param name="Refusal">Why it could not be repaired; empty if it was, or was not tried.</param>
public sealed record NftWatchEvent(
    NftWatchReason Reason, int Process, string ProcessName, EquatableArray<string> Differences, bool IsRepaired, string Refusal)
{
    /// <summary>True if what was loaded was not what should be.</summary>
    public bool IsDrift => !Differences.IsEmpty;
}
