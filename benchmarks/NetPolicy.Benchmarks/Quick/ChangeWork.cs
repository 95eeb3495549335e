using NetPolicy.Analysis;
using NetPolicy.Engine;
using World = NetPolicy.Benchmarks.Worlds.World;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Changes to an engine that knows a world. Each is followed by one evaluation, so that what is put off until then is counted too.</summary>
public static class ChangeWork
{
    private const int Times = 2_000;

    // The runtime compiles what is called often once more, in the background; before that it is several times slower.
    private const int WarmUps = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(5);

    /// <summary>Median and 99th percentile of changes of a kind; taking them back is not counted.</summary>
    public static Measurement Measure(Stage stage, Func<World, int, ChangePlan> kind)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(kind);
        ChangePlan plan = kind(stage.World, Times);
        PolicyEngine engine = stage.Engine;
        Meter.Operations(WarmUps, WarmUp, i => Do(engine, plan.Changes[i % Times], i), i => engine.Apply(plan.Undone[i % Times]));
        return Meter.Operations(Times, Enough, i => Do(engine, plan.Changes[i], i), i => engine.Apply(plan.Undone[i]));
    }

    /// <summary>The matrix is brought up to date with a policy that got another port, or lost it again; applying the change is not counted.</summary>
    public static Measurement MeasureMatrix(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ChangePlan plan = ChangePlan.PolicyEdited(stage.World, Times);
        Connectivity matrix = stage.Matrix;
        Delta delta = stage.Engine.Apply(plan.Changes[0]);
        Meter.Operations(
            WarmUps,
            WarmUp,
            _ => matrix = MatrixWork.Update(matrix, delta),
            i => delta = stage.Engine.Apply(i % 2 == 0 ? plan.Undone[i / 2 % Times] : plan.Changes[(i + 1) / 2 % Times]));
        matrix = MatrixWork.Update(matrix, delta);
        matrix = MatrixWork.Update(matrix, stage.Engine.Apply(plan.Undone));
        delta = stage.Engine.Apply(plan.Changes[0]);
        Measurement measurement = Meter.Operations(
            201,
            Enough,
            _ => matrix = MatrixWork.Update(matrix, delta),
            i => delta = stage.Engine.Apply(i % 2 == 0 ? plan.Undone[i / 2] : plan.Changes[(i + 1) / 2]));
        stage.Take(stage.Engine);
        return measurement;
    }

    /// <summary>A change, and one evaluation after it.</summary>
    public static Delta Do(PolicyEngine engine, Change change, int seed)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Delta delta = engine.Apply(change);
        IndexWork.Ask(delta.Snapshot, seed);
        return delta;
    }
}
