namespace NetPolicy.Inventory;

/// <summary>What becomes of traffic from a workload to its own node after egress policy allowed it (Calico specification §7.5).</summary>
public enum EndpointToHostAction : byte
{
    /// <summary>Dropped.</summary>
    Drop = 0,

    /// <summary>Accepted.</summary>
    Accept,

    /// <summary>Left to the host's own input rules.</summary>
    Return,
}
