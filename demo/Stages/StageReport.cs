using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using NetPolicy.Manifests.Expectations;

namespace NetPolicy.Demo.Stages;

/// <summary>How a state came out.</summary>
/// <param name="Stage">The state.</param>
/// <param name="Rulesets">Its compiled rulesets by node.</param>
/// <param name="Comparison">Listed flows first, then every pair.</param>
internal sealed record StageReport(Stage Stage, IReadOnlyDictionary<string, CompiledRuleset> Rulesets, LabComparison Comparison)
{
    /// <summary>Connections of real sockets; empty if none were made.</summary>
    public IReadOnlyList<LabComparisonRow> Sockets { get; init; } = [];

    /// <summary>Findings of lint: for the last step all, for a variant those that its reference does not have, else none.</summary>
    public IReadOnlyList<Diagnostic> Lint { get; init; } = [];

    /// <summary>Findings that lint was to report and did not.</summary>
    public IEnumerable<string> MissingLint => Stage.LintIds.Except(Lint.Select(finding => finding.Id));

    /// <summary>How long it took.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>The listed flows with what is expected.</summary>
    public IEnumerable<(LabComparisonRow Row, bool IsExpected)> Listed =>
        Comparison.Rows.Zip(Stage.World.Flows.AsEnumerable(), (row, flow) => (row, flow.Expect == ExpectedVerdict.Allow));

    /// <summary>The flows of every pair.</summary>
    public IEnumerable<LabComparisonRow> Pairs => Comparison.Rows.Skip(Stage.Listed.Count);

    /// <summary>Listed flows that the engine judges otherwise than expected.</summary>
    public int Unexpected => Listed.Count(one => one.Row.Engine.IsAllowed != one.IsExpected);

    /// <summary>Whether interpreted and real rules counted the same packets; true if no packets were sent.</summary>
    public bool CountersAgree =>
        Comparison.KernelCounters.Count == 0
        || (Comparison.KernelCounters.Count == Comparison.InterpretedCounters.Count
            && Comparison.KernelCounters.All(pair => Comparison.InterpretedCounters.TryGetValue(pair.Key, out ulong counted) && counted == pair.Value));

    /// <summary>
    /// Whether enough was tried: of listed flows all but those that reach nothing before a packet is sent, of the pairs also not those that come back
    /// translated by a machine that is not under test.
    /// </summary>
    public bool IsTried =>
        Comparison.Rows.All(row => row.IsTried || row.Engine.Decider.Reason == DecisionReason.Unreachable || row.Engine.Backend is not null)
        && Listed.All(one => one.Row.IsTried || one.Row.Engine.Decider.Reason == DecisionReason.Unreachable);

    /// <summary>Whether everything is as it should be.</summary>
    public bool Agrees =>
        Unexpected == 0 && IsTried && Stage.IsSameInYaml && CountersAgree && !Comparison.Mismatches.Any() && Sockets.All(row => row.Agrees)
        && !MissingLint.Any() && !Rulesets.Values.Any(ruleset => ruleset.HasErrors);
}
