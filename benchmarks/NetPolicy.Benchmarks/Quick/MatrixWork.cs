using NetPolicy.Analysis;
using NetPolicy.Engine;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Snapshots to matrices and differences.</summary>
public static class MatrixWork
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(4);

    /// <summary>The full matrix, read to its last connection.</summary>
    public static Connectivity Full(Snapshot snapshot)
    {
        Connectivity matrix = Connectivity.Of(snapshot);
        Read(matrix);
        return matrix;
    }

    /// <summary>Brings a matrix up to date with a change; its connections are made when they are read.</summary>
    public static Connectivity Update(Connectivity matrix, Delta delta)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(delta);
        return matrix.Update(delta);
    }

    /// <summary>Connections that are open in some protocol; all are visited.</summary>
    public static int Read(Connectivity matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        int open = 0;
        foreach (Connection connection in matrix.Connections)
        {
            open += connection.Allow.IsEmpty ? 0 : 1;
        }

        return open;
    }

    /// <summary>Median time of the full matrix.</summary>
    public static Measurement Measure(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        Snapshot small = Snapshot.Of(stage.SmallWorld.Manifests);
        Meter.Repeat(TimeSpan.FromSeconds(0.5), 20, () => Full(small));
        Snapshot snapshot = stage.Engine.Current;
        long before = Meter.Live();
        Connectivity? matrix = null;
        Measurement measurement = Meter.Runs(5, Enough, () => matrix = null, () => matrix = Full(snapshot));
        long retained = Meter.Live() - before;
        stage.Matrix = matrix!;
        return measurement with { Retained = retained, Note = System.FormattableString.Invariant($"{matrix!.Groups.Count} groups, {matrix.Connections.Count} connections") };
    }

    /// <summary>Median time of the difference between the stage's world and a snapshot of another.</summary>
    public static Measurement MeasureDiff(Stage stage, string other)
    {
        ArgumentNullException.ThrowIfNull(stage);
        Snapshot old = stage.Engine.Current, changed = Snapshot.Of(Worlds.WorldCatalog.Make(other, stage.Size).Manifests);
        SemanticDiff? diff = null;
        Measurement measurement = Meter.Runs(9, Enough, static () => { }, () => diff = SemanticDiff.Between(old, changed));
        return measurement with { Note = System.FormattableString.Invariant($"{diff!.Changes.Count} changes") };
    }
}
