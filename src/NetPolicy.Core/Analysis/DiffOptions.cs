namespace NetPolicy.Analysis;

/// <summary>What a comparison lists. A value without assignments lists changed connections only.</summary>
public sealed record DiffOptions
{
    /// <summary>Changed connections only.</summary>
    public static DiffOptions Default { get; } = new();

    /// <summary>True to list also pairs whose verdicts stay but where the source's or the destination's end decides otherwise; false by default.</summary>
    public bool Ends { get; init; }
}
