using NetPolicy.Collections;

namespace NetPolicy.Ports;

/// <summary>A set of ports as sorted, disjoint, non-adjacent ranges.</summary>
/// <remarks><c>default</c> is the empty set. Membership is O(log ranges).</remarks>
public readonly struct PortSet : IEquatable<PortSet>
{
    private readonly EquatableArray<PortRange> _ranges;

    private PortSet(EquatableArray<PortRange> ranges) => _ranges = ranges;

    /// <summary>No port.</summary>
    public static PortSet Empty => default;

    /// <summary>Every port, 0 to 65535.</summary>
    public static PortSet All => Of([PortRange.All]);

    /// <summary>The ranges in ascending order.</summary>
    public EquatableArray<PortRange> Ranges => _ranges;

    /// <summary>True if no port is in the set.</summary>
    public bool IsEmpty => _ranges.IsEmpty;

    /// <summary>The union of <paramref name="ranges"/>, merged where they touch.</summary>
    public static PortSet Of(IEnumerable<PortRange> ranges)
    {
        List<PortRange> merged = [];
        foreach (PortRange range in ranges.Order())
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = new PortRange(merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new PortSet([.. merged]);
    }

    /// <summary>True if <paramref name="port"/> is in the set.</summary>
    public bool Contains(ushort port)
    {
        ReadOnlySpan<PortRange> ranges = _ranges.AsSpan();
        int low = 0, high = ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (ranges[middle].Contains(port))
            {
                return true;
            }

            (low, high) = ranges[middle].Last < port ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    /// <summary>Ports of either set.</summary>
    public PortSet Union(PortSet other) => Of([.. _ranges, .. other._ranges]);

    /// <inheritdoc/>
    public bool Equals(PortSet other) => _ranges == other._ranges;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PortSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _ranges.GetHashCode();

    /// <summary>Ranges joined by commas, such as <c>80,8000-8100</c>.</summary>
    public override string ToString() => string.Join(",", _ranges.AsEnumerable());

    /// <summary>Same ports.</summary>
    public static bool operator ==(PortSet left, PortSet right) => left.Equals(right);

    /// <summary>Other ports.</summary>
    public static bool operator !=(PortSet left, PortSet right) => !left.Equals(right);
}
