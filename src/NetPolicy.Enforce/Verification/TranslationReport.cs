using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>What comparing a ruleset with policy has shown.</summary>
/// <param name="Cells">Cells there are.</param>
/// <param name="Tried">Cells that were tried.</param>
/// <param name="Differences">Where rules and policy differ; at most <see cref="MaxDifferences"/>.</param>
public sealed record TranslationReport(long Cells, long Tried, EquatableArray<TranslationDifference> Differences)
{
    /// <summary>How many differences are kept.</summary>
    public const int MaxDifferences = 20;

    /// <summary>True if rules and policy agree on all that was tried.</summary>
    public bool IsFaithful => Differences.IsEmpty;
}

/// <summary>A flow that rules and policy decide differently.</summary>
/// <param name="Workload">Whose decision it is.</param>
/// <param name="Direction">In which direction.</param>
/// <param name="Flow">The flow; the other end of it may still deny it.</param>
/// <param name="IsAllowedByPolicy">What policy says; the rules say the opposite.</param>
/// <param name="Rule">The comment of the last rule met; null if none had one.</param>
public sealed record TranslationDifference(string Workload, Direction Direction, FlowRequest Flow, bool IsAllowedByPolicy, string? Rule)
{
    /// <summary>At which hook and interfaces it was tried; null for the decisions of a workload.</summary>
    public string? Place { get; init; }

    /// <summary>What else differs than the verdict; null for nothing.</summary>
    public string? Detail { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Direction == Direction.Egress ? "egress" : "ingress")} of `{Workload}`{(Place is null ? "" : $" at {Place}")}: {Flow.From} -> {Flow.To} {Flow.Protocol} {Flow.Port ?? Flow.IcmpType}: "
        + (Detail ?? $"policy {(IsAllowedByPolicy ? "allows" : "denies")}, the rules {(IsAllowedByPolicy ? "deny" : "allow")}")
        + (Rule is null ? "" : $" by `{Rule}`");
}
