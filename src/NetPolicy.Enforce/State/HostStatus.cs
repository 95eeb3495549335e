using NetPolicy.Collections;
using NetPolicy.Enforce.Safety;

namespace NetPolicy.Enforce.State;

/// <summary>What a machine has loaded, and how that compares with what it should have.</summary>
/// <param name="Loaded">The table, with its counters.</param>
/// <param name="Armed">Whether a change waits for its confirmation, or went back for want of it.</param>
/// <param name="Remaining">How long it waits yet.</param>
/// <param name="Confirmed">What was last confirmed; null if nothing was, or no state is kept.</param>
/// <param name="Pending">What was being applied, and is neither confirmed nor taken back; null for nothing.</param>
/// <param name="ChangedAt">When the confirmed ruleset was written, in universal time.</param>
/// <param name="Drift">How the table differs from what was loaded for the confirmed ruleset, one line for each object; null if there is nothing to compare with.</param>
/// <param name="Workloads">The workloads of the confirmed ruleset.</param>
public sealed record HostStatus(
    NftStatus Loaded,
    ArmedPhase Armed,
    TimeSpan Remaining,
    CompiledRuleset? Confirmed,
    CompiledRuleset? Pending,
    DateTime? ChangedAt,
    EquatableArray<string>? Drift,
    EquatableArray<LocalWorkload> Workloads)
{
    /// <summary>Names of the gaps of enforcement that whoever applied the confirmed ruleset accepted.</summary>
    public EquatableArray<string> Accepted { get; init; } = [];
}
