using NetPolicy.Benchmarks.Quick;
using World = NetPolicy.Benchmarks.Worlds.World;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>Changes to an engine that knows a world, each with one evaluation after it, and each taken back: an operation is both.</summary>
/// <param name="world">The world's name.</param>
public abstract class ChangeBenchmark(string world) : WorldBenchmark(world)
{
    /// <summary>Changes of one invocation, half of which take the other half back.</summary>
    protected const int Count = 2 * Pairs;

    private const int Pairs = 100;

    /// <summary>Plans changes.</summary>
    protected ChangePlan Plan(Func<World, int, ChangePlan> kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return kind(Stage.World, Pairs);
    }

    /// <summary>Makes every change, and takes each back at once.</summary>
    protected void Run(ChangePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        for (int i = 0; i < plan.Changes.Length; i++)
        {
            ChangeWork.Do(Stage.Engine, plan.Changes[i], i);
            ChangeWork.Do(Stage.Engine, plan.Undone[i], i);
        }
    }

    /// <inheritdoc/>
    protected override void Prepare() => _ = Stage.Engine;
}
