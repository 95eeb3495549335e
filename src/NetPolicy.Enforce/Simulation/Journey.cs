namespace NetPolicy.Enforce.Simulation;

/// <summary>Which way a packet took.</summary>
public enum Journey : byte
{
    /// <summary>Lost before routing, or no route.</summary>
    None = 0,

    /// <summary>Prerouting, input.</summary>
    ToHost,

    /// <summary>Prerouting, forward, postrouting.</summary>
    Forwarded,

    /// <summary>Output, postrouting.</summary>
    FromHost,

    /// <summary>Output, postrouting, prerouting, input over <c>lo</c>.</summary>
    Loopback,
}
