namespace NetPolicy.Enforce;

/// <summary>What becomes of traffic with workloads of this node that the inventory does not know yet.</summary>
public enum UnknownPods : byte
{
    /// <summary>Closed both ways, but for traffic with the node itself that the node began.</summary>
    Closed = 0,

    /// <summary>Left alone.</summary>
    Open,
}
