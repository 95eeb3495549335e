using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Laws;

/// <summary>All that the engine says about the flows of a case, line by line, to compare it with what it says elsewhere.</summary>
public static class Answers
{
    /// <summary>What a snapshot of the case's world says.</summary>
    public static string[] Of(Case @case) => Of(@case, Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine()));

    /// <summary>What another snapshot says about the same flows. A flow that names nobody there is answered with why.</summary>
    public static string[] Of(Case @case, Snapshot snapshot) =>
    [
        .. @case.Flows.Select(flow => snapshot.TryResolve(flow, out Flow resolved, out string? error)
            ? Agreement.Describe(snapshot, snapshot.Evaluate(resolved))
            : error),
    ];

    /// <summary>As <see cref="Of(Case, Snapshot)"/>, but only the verdicts of the flow and of its ends and where it went: not which rule decided.</summary>
    public static string[] VerdictsOf(Case @case, Snapshot snapshot) =>
    [
        .. @case.Flows.Select(flow => snapshot.TryResolve(flow, out Flow resolved, out string? error)
            ? Agreement.DescribeVerdicts(snapshot, snapshot.Evaluate(resolved))
            : error),
    ];

    /// <summary>
    /// As <see cref="Of(Case, Snapshot)"/>, but what decided is told by its place among the documents, so that worlds whose documents have other names compare.
    /// </summary>
    public static string[] PlacesOf(Case @case, Snapshot snapshot, World world)
    {
        Dictionary<ObjectId, int> places = world.Manifests.Select((manifest, i) => (manifest.Id, i)).ToDictionary(m => m.Id, m => m.i);
        return
        [
            .. @case.Flows.Select(flow =>
            {
                if (!snapshot.TryResolve(flow, out Flow resolved, out _))
                {
                    return "cannot be resolved";
                }

                Evaluation answer = snapshot.Evaluate(resolved);
                EndDecision decider = answer.Decider;
                string by = decider.By is null ? "nothing" : places.TryGetValue(decider.By.Id, out int place) ? $"document {place}" : $"a built-in {decider.By.Kind}";
                return $"{(answer.IsAllowed ? "allow" : "deny")}, egress {answer.Egress.Verdict}, ingress {answer.Ingress.Verdict}, by {by} {decider.RuleDirection}[{decider.RuleIndex}]{(answer.Backend is null ? "" : ", translated")}";
            }),
        ];
    }

    /// <summary>Whether flows pass, and nothing more.</summary>
    public static string[] PassesOf(Case @case, Snapshot snapshot) =>
    [
        .. @case.Flows.Select(flow => snapshot.TryResolve(flow, out Flow resolved, out _) ? snapshot.Evaluate(resolved).IsAllowed ? "allow" : "deny" : "cannot be resolved"),
    ];

    /// <summary>Notes whether something is allowed and whether something is denied.</summary>
    public static void Note(string[] answers, Coverage coverage)
    {
        if (answers.Any(answer => answer.StartsWith("allow", StringComparison.Ordinal)))
        {
            coverage.Saw("allowed");
        }

        if (answers.Any(answer => answer.StartsWith("deny", StringComparison.Ordinal)))
        {
            coverage.Saw("denied");
        }
    }

    /// <summary>The first flow that is answered differently, in words; null if there is none.</summary>
    public static string? Difference(Case @case, string[] expected, string[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != actual[i])
            {
                return $"{{{@case.Flows[i].Describe()}}}\n  expected: {expected[i]}\n  actual:   {actual[i]}";
            }
        }

        return null;
    }
}
