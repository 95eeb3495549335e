namespace NetPolicy.Engine;

/// <summary>What a Kubernetes NetworkPolicy says of traffic from a pod to its own node (Kubernetes specification §5.7). Calico policies always judge it.</summary>
public enum OwnNodeEgress : byte
{
    /// <summary>It is judged like any other.</summary>
    Judged = 0,

    /// <summary>A Kubernetes NetworkPolicy neither isolates nor decides it.</summary>
    Allowed,
}
