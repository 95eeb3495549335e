namespace NetPolicy.Benchmarks.Quick;

/// <summary>One line of the tables.</summary>
/// <param name="Name"><c>world.work</c>.</param>
/// <param name="World">Name of the world in the catalogue.</param>
/// <param name="Measure">Does the work on a stage of its world, and measures it.</param>
public sealed record Row(string Name, string World, Func<Stage, Measurement> Measure)
{
    /// <summary>What it should reach.</summary>
    public Target Target { get; init; } = Target.None;

    /// <summary>Nanoseconds of the best known system on the same shape; null if none is known.</summary>
    public double? BestKnown { get; init; }

    /// <summary>What one operation is, in a few words.</summary>
    public string What { get; init; } = "";

    /// <summary>Pods of every workload are multiplied by this.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Part of the world that is made.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>False for work that begins with something else than an engine that knows the world.</summary>
    public bool NeedsEngine { get; init; } = true;

    /// <summary>True if operations a second are told rather than time.</summary>
    public bool IsRate { get; init; }

    /// <summary>True if the work of other rows of the world cannot be fast when this one is not: they need it first.</summary>
    public bool IsIndex => Name.EndsWith(".index", StringComparison.Ordinal);

    /// <summary>Rows of one group share a process and a stage.</summary>
    public string Group => System.FormattableString.Invariant($"{World} {Scale} {Replicas} {NeedsEngine}");
}
