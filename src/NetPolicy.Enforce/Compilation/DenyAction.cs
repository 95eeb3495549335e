namespace NetPolicy.Enforce;

/// <summary>How a denied connection ends.</summary>
public enum DenyAction : byte
{
    /// <summary>Its packets vanish.</summary>
    Drop = 0,

    /// <summary>
    /// Its sender is told: a TCP reset, or ICMP `administratively prohibited`. What a host endpoint's untracked and egress rules deny still vanishes.
    /// </summary>
    Reject,
}
