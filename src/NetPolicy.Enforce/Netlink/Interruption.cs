namespace NetPolicy.Enforce.Netlink;

/// <summary>Tells tests how far applying is, so that they can end the process there. Nobody listens in production, and asking costs a comparison.</summary>
internal static class Interruption
{
    /// <summary>Who listens; null for nobody.</summary>
    internal static Action<StopPoint>? Reached { get; set; }

    /// <summary>Says that a moment is reached.</summary>
    public static void At(StopPoint point) => Reached?.Invoke(point);
}
