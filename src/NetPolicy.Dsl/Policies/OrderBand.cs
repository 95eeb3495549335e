namespace NetPolicy.Dsl;

/// <summary>A range of orders that a team keeps for one purpose: <c>Guardrails + 10</c> is an order in it.</summary>
public sealed class OrderBand
{
    internal OrderBand(string name, int first, int last, SourceLine line)
    {
        Name = name;
        First = first;
        Last = last;
        Line = line;
    }

    /// <summary>What the band is for.</summary>
    public string Name { get; }

    /// <summary>The lowest order, included.</summary>
    public int First { get; }

    /// <summary>The highest order, included.</summary>
    public int Last { get; }

    internal SourceLine Line { get; }

    /// <summary>The order that many places after the band's first. Outside the band it is reported by the set.</summary>
    public static PolicyOrder operator +(OrderBand band, int offset)
    {
        ArgumentNullException.ThrowIfNull(band);
        return new PolicyOrder((double)band.First + offset) { Band = band };
    }

    internal bool Contains(double order) => order >= First && order <= Last;
}
