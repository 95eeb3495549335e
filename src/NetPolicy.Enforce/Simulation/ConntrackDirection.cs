namespace NetPolicy.Enforce.Simulation;

/// <summary>Which side of its connection a packet comes from.</summary>
public enum ConntrackDirection : byte
{
    /// <summary>From the side that opened the connection.</summary>
    Original = 0,

    /// <summary>From the other side.</summary>
    Reply = 1,
}
