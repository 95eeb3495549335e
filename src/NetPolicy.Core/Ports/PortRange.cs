using System.Globalization;

namespace NetPolicy.Ports;

/// <summary>An inclusive range of ports.</summary>
/// <remarks><c>default</c> is port 0 alone, which no policy can name.</remarks>
public readonly record struct PortRange : IComparable<PortRange>
{
    /// <summary>A range; both ends are included.</summary>
    /// <exception cref="ArgumentException">The ends are swapped.</exception>
    public PortRange(ushort first, ushort last)
    {
        if (first > last)
        {
            throw new ArgumentException($"port range {first}-{last} ends before it starts", nameof(last));
        }

        First = first;
        Last = last;
    }

    /// <summary>Every port a packet can carry, 0 to 65535.</summary>
    public static PortRange All => new(0, ushort.MaxValue);

    /// <summary>Lowest port, included.</summary>
    public ushort First { get; }

    /// <summary>Highest port, included.</summary>
    public ushort Last { get; }

    /// <summary>The range of one port.</summary>
    public static PortRange Single(ushort port) => new(port, port);

    /// <summary>True if <paramref name="port"/> is in the range.</summary>
    public bool Contains(ushort port) => port >= First && port <= Last;

    /// <inheritdoc/>
    public int CompareTo(PortRange other) => (First, Last).CompareTo((other.First, other.Last));

    /// <summary><c>80</c> or <c>8000-8100</c>.</summary>
    public override string ToString() =>
        First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    /// <summary>Ordered by first, then last port.</summary>
    public static bool operator <(PortRange left, PortRange right) => left.CompareTo(right) < 0;

    /// <summary>Ordered by first, then last port.</summary>
    public static bool operator >(PortRange left, PortRange right) => left.CompareTo(right) > 0;

    /// <summary>Ordered by first, then last port.</summary>
    public static bool operator <=(PortRange left, PortRange right) => left.CompareTo(right) <= 0;

    /// <summary>Ordered by first, then last port.</summary>
    public static bool operator >=(PortRange left, PortRange right) => left.CompareTo(right) >= 0;
}
