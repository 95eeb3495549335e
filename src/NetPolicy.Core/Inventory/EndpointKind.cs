namespace NetPolicy.Inventory;

/// <summary>What an endpoint is.</summary>
public enum EndpointKind : byte
{
    /// <summary>A Pod, or the WorkloadEndpoint of one.</summary>
    Pod = 0,

    /// <summary>A Deployment or other workload: pods of unknown address.</summary>
    Workload,

    /// <summary>A Calico WorkloadEndpoint that is no pod.</summary>
    OtherWorkload,

    /// <summary>A Calico HostEndpoint.</summary>
    HostEndpoint,
}
