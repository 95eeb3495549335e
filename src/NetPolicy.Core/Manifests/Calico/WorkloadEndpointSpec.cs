using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>The part of a WorkloadEndpoint's <c>spec</c> that policy can see.</summary>
public sealed record WorkloadEndpointSpec
{
    /// <summary><c>orchestrator</c>; <c>k8s</c> for pods.</summary>
    public string? Orchestrator { get; init; }

    /// <summary><c>workload</c>.</summary>
    public string? Workload { get; init; }

    /// <summary><c>node</c>.</summary>
    public string? Node { get; init; }

    /// <summary><c>pod</c>: the pod's name.</summary>
    public string? Pod { get; init; }

    /// <summary><c>endpoint</c>: the interface inside the workload.</summary>
    public string? Endpoint { get; init; }

    /// <summary><c>serviceAccountName</c>.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary><c>interfaceName</c>: the interface on the node.</summary>
    public string? InterfaceName { get; init; }

    /// <summary><c>ipNetworks</c>: addresses, written as /32 or /128 blocks.</summary>
    public EquatableArray<string>? IpNetworks { get; init; }

    /// <summary><c>profiles</c>, in order.</summary>
    public EquatableArray<string>? Profiles { get; init; }

    /// <summary><c>ports</c>.</summary>
    public EquatableArray<EndpointPort>? Ports { get; init; }
}
