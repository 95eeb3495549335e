using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Policies;
using NetPolicy.Spec;

namespace NetPolicy.Laws;

/// <summary>Oracle = engine: both judge the same flows, the oracle from text, the engine from documents.</summary>
public static class Agreement
{
    /// <summary>The first flow about which they disagree, in words; null if there is none.</summary>
    public static string? Difference(Case @case, Distribution? distribution = null)
    {
        SpecWorld spec = SpecWorld.Load(@case.World.ToTexts(), @case.Choices.ToSpec());
        Snapshot snapshot = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
        foreach (FlowRequest flow in @case.Flows)
        {
            SpecAnswer expected = spec.Evaluate(flow.ToSpec());
            if (!snapshot.TryResolve(flow, out Flow resolved, out string? error))
            {
                return $"{{{flow.Describe()}}}: the engine cannot resolve it: {error}";
            }

            Evaluation actual = snapshot.Evaluate(resolved);
            string said = Describe(expected);
            string answered = Describe(snapshot, actual);
            if (said != answered)
            {
                return $"{{{flow.Describe()}}}\n  oracle: {said}   ({string.Join(", ", expected.Branches)})\n  engine: {answered}";
            }

            distribution?.Add(expected.Allowed, expected.Branches);
        }

        return null;
    }

    /// <summary>The first flow about which two loaded worlds disagree, in words; null if there is none. A flow that names nobody both must refuse.</summary>
    public static string? Difference(SpecWorld spec, Snapshot snapshot, IEnumerable<FlowRequest> flows)
    {
        foreach (FlowRequest flow in flows)
        {
            string said, answered;
            try
            {
                said = Describe(spec.Evaluate(flow.ToSpec()));
            }
            catch (ArgumentException)
            {
                said = "nobody";
            }

            answered = snapshot.TryResolve(flow, out Flow resolved, out _) ? Describe(snapshot, snapshot.Evaluate(resolved)) : "nobody";
            if (said != answered)
            {
                return $"{{{flow.Describe()}}}\n  oracle: {said}\n  engine: {answered}";
            }
        }

        return null;
    }

    /// <summary>All that an answer says, as one line.</summary>
    public static string Describe(Snapshot snapshot, in Evaluation answer) =>
        Line(
            answer.IsAllowed,
            answer.Egress.Verdict.ToString(),
            answer.Ingress.Verdict.ToString(),
            RuleOf(answer.Decider),
            answer.Backend is { } backend ? snapshot.Describe(backend) : null);

    /// <summary>The verdicts of an answer, as one line.</summary>
    public static string DescribeVerdicts(Snapshot snapshot, in Evaluation answer) =>
        $"{(answer.IsAllowed ? "allow" : "deny")}, egress {answer.Egress.Verdict}, ingress {answer.Ingress.Verdict}, to {(answer.Backend is { } backend ? snapshot.Describe(backend) : "-")}";

    /// <summary>What decided, in the oracle's words.</summary>
    public static SpecRule? RuleOf(in EndDecision decision) => decision.By is { } by
        ? new SpecRule(
            by.Kind, by.EffectiveNamespace, by.Metadata.Name ?? "", decision.RuleDirection == Direction.Ingress ? "ingress" : "egress", decision.RuleIndex)
        : null;

    private static string Describe(SpecAnswer answer) =>
        Line(answer.Allowed, answer.Egress.ToString(), answer.Ingress.ToString(), answer.Rule, answer.Translated);

    private static string Line(bool allowed, string egress, string ingress, SpecRule? rule, string? translated) =>
        $"{(allowed ? "allow" : "deny")}, egress {egress}, ingress {ingress}, rule {(rule is null ? "none" : $"{rule.Kind} {rule.Namespace}/{rule.Name} {rule.Direction}[{rule.Index}]")}, to {translated ?? "-"}";
}
