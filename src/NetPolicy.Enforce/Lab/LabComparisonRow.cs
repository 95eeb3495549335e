using System.Globalization;
using NetPolicy.Engine;

namespace NetPolicy.Enforce.Lab;

/// <summary>One flow, judged by the engine and tried with the rulesets.</summary>
/// <param name="Request">The flow in words.</param>
/// <param name="Engine">The engine's answer; undecided if the flow cannot be used.</param>
/// <param name="WhyNot">Why it was not tried; null if it was.</param>
public sealed record LabComparisonRow(FlowRequest Request, Evaluation Engine, string? WhyNot)
{
    /// <summary>What the interpreter says; null if it was not asked.</summary>
    public LabFinding? Interpreter { get; init; }

    /// <summary>What became of injected packets; null if none were sent.</summary>
    public LabFinding? Packets { get; init; }

    /// <summary>What became of connections; null if none were made.</summary>
    public LabFinding? Sockets { get; init; }

    /// <summary>The comment of the rule that decided in the interpreted ruleset; null if none with a comment did, or it was not asked.</summary>
    public string? Rule { get; init; }

    /// <summary>Whether it was tried.</summary>
    public bool IsTried => WhyNot is null;

    /// <summary>Whether every means that was asked agrees with the engine. True for what was not tried.</summary>
    public bool Agrees => AgreesWith(Interpreter) && AgreesWith(Packets) && AgreesWith(Sockets);

    private bool AgreesWith(LabFinding? finding) => finding is not { } found || (found.Verdict == Engine.Verdict && found.Verdict != Verdict.Undecided);

    /// <summary>The flow and who says what of it, in one line.</summary>
    public override string ToString()
    {
        string flow = string.Create(
            CultureInfo.InvariantCulture, $"{Request.From} -> {Request.To} {Request.Protocol ?? "TCP"} {Request.Port} {Request.IpFamily}").TrimEnd();
        return $"{flow}: engine {Engine.Verdict}"
            + $"{Say("interpreter", Interpreter)}{Say("packets", Packets)}{Say("sockets", Sockets)}"
            + (Rule is null ? "" : $", by `{Rule}`")
            + (WhyNot is null ? "" : $", not tried: {WhyNot}");
    }

    private static string Say(string who, LabFinding? finding) =>
        finding is { } found ? $", {who} {found.Verdict}{(found.Stray is null ? "" : $" ({found.Stray})")}" : "";
}
