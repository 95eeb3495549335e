using NetPolicy.Engine;

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
