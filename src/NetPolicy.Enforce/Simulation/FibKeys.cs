namespace NetPolicy.Enforce.Simulation;

/// <summary>What a <c>fib</c> expression looks up by.</summary>
[Flags]
public enum FibKeys
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>saddr</c>.</summary>
    Source = 1,

    /// <summary><c>daddr</c>.</summary>
    Destination = 2,

    /// <summary><c>mark</c>.</summary>
    Mark = 4,

    /// <summary><c>iif</c>: only a route through the input interface counts.</summary>
    Input = 8,

    /// <summary><c>oif</c>: only a route through the output interface counts.</summary>
    Output = 16,
}
