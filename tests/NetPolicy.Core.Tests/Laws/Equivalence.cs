using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Holds that a world written in another way answers every flow alike.</summary>
internal static class Equivalence
{
    /// <summary>Flows for each world: few, because there are many worlds.</summary>
    private const int Flows = 20;

    /// <summary>The same verdicts, at both ends; which rule decided may change its name.</summary>
    /// <param name="shape">The worlds.</param>
    /// <param name="rewrite">The other way.</param>
    /// <param name="leastPercent">In how many worlds there must be something to write in another way.</param>
    /// <param name="counts">Which flows are spoken of; all if absent.</param>
    public static void OfVerdicts(WorldShape shape, Func<World, Dice, World> rewrite, double leastPercent = 30, Func<FlowRequest, bool>? counts = null) =>
        Hold(shape, rewrite, leastPercent, counts, Answers.VerdictsOf);

    /// <summary>The same verdicts for the same reasons.</summary>
    /// <param name="shape">The worlds.</param>
    /// <param name="rewrite">The other way.</param>
    /// <param name="leastPercent">In how many worlds there must be something to write in another way.</param>
    public static void OfReasons(WorldShape shape, Func<World, Dice, World> rewrite, double leastPercent = 30) => Hold(shape, rewrite, leastPercent, null, Answers.Of);

    private static void Hold(
        WorldShape shape, Func<World, Dice, World> rewrite, double leastPercent, Func<FlowRequest, bool>? counts, Func<Case, Snapshot, string[]> answers)
    {
        Coverage coverage = new(("written in another way", leastPercent), ("allowed", leastPercent / 2), ("denied", leastPercent / 2));
        Law.ForAll(Any.Plain(shape, Flows), coverage, @case =>
        {
            World other = rewrite(@case.World, new Dice(@case.World.Spelling));
            if (other.Manifests == @case.World.Manifests)
            {
                return null;
            }

            Case spoken = counts is null ? @case : @case with { Flows = [.. @case.Flows.Where(counts)] };
            coverage.Saw("written in another way");
            string[] expected = answers(spoken, Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine()));
            Answers.Note(expected, coverage);
            return Answers.Difference(spoken, expected, answers(spoken, Snapshot.Of(other.Manifests, @case.Choices.ToEngine()))) is { } how
                ? $"{how}\nin another way:\n{other}"
                : null;
        });
    }
}
