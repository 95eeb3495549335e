namespace NetPolicy.Dsl;

/// <summary>A policy's place in its tier; lower comes first.</summary>
/// <param name="Value">The number; fractions and negative numbers are allowed.</param>
public readonly record struct PolicyOrder(double Value)
{
    /// <summary>The band the order was taken from, if it was; outside of it the set reports an error.</summary>
    internal OrderBand? Band { get; init; }

    /// <summary>An order from its number.</summary>
    public static implicit operator PolicyOrder(double value) => new(value);
}
