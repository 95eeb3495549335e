namespace NetPolicy.Enforce.Lab;

/// <summary>What kind of place a packet was seen at.</summary>
public enum LabPlaceKind : byte
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>At a pod's end of its veth.</summary>
    Pod,

    /// <summary>Inside a node, past all its input chains.</summary>
    Host,

    /// <summary>Outside a node's outside interface.</summary>
    Outside,
}
