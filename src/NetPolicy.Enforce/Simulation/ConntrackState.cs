namespace NetPolicy.Enforce.Simulation;

/// <summary>What <c>ct state</c> sees. A packet has exactly one state.</summary>
public enum ConntrackState : byte
{
    /// <summary>Connection tracking has not seen the packet or could not place it. Zero, so that nothing is established by default.</summary>
    Invalid = 0,

    /// <summary>First packets of a connection, until the other side has answered.</summary>
    New,

    /// <summary>A packet of a connection that has seen both directions.</summary>
    Established,

    /// <summary>An ICMP error about a known connection, or an expected secondary connection.</summary>
    Related,

    /// <summary>Exempted from tracking by <c>notrack</c>, or neighbour discovery.</summary>
    Untracked,
}
