using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>A Service with its backends resolved (Kubernetes specification §5.8).</summary>
public sealed class Service
{
    /// <summary>Its place in its <see cref="Cluster"/>: kept while a Service of its name exists, then free for another.</summary>
    public int Index { get; internal set; }

    /// <summary>The document.</summary>
    public required ServiceManifest Source { get; init; }

    /// <summary>Namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Addresses that stand for the Service: cluster, external and load balancer addresses.</summary>
    public required EquatableArray<IpAddress> Addresses { get; init; }

    /// <summary>Cluster addresses alone.</summary>
    public required EquatableArray<IpAddress> ClusterAddresses { get; init; }

    /// <summary>Addresses by which it is dialled from outside: those of load balancers first, then external ones.</summary>
    public required EquatableArray<IpAddress> OuterAddresses { get; init; }

    /// <summary>Its ports.</summary>
    public required EquatableArray<ServicePort> Ports { get; init; }

    /// <summary>Of a headless Service every backend, whatever port is dialled (<see cref="Backend.Port"/> is 0); otherwise empty.</summary>
    public required EquatableArray<Backend> HeadlessBackends { get; init; }

    /// <summary>True for <c>clusterIP: None</c>: names lead to pods directly, ports are not translated.</summary>
    public required bool IsHeadless { get; init; }

    /// <summary>True if all but the index is the same.</summary>
    internal bool IsSame(Service other) =>
        ReferenceEquals(Source, other.Source) && Ports == other.Ports && HeadlessBackends == other.HeadlessBackends;

    /// <inheritdoc/>
    public override string ToString() => $"svc:{Namespace}/{Name}";
}

/// <summary>A port of a Service.</summary>
/// <param name="Protocol">Protocol.</param>
/// <param name="Port">The port clients dial.</param>
/// <param name="NodePort">The port on every node; 0 if there is none.</param>
/// <param name="Backends">Where connections end, sorted by endpoint name, then address.</param>
public sealed record ServicePort(Protocol Protocol, ushort Port, ushort NodePort, EquatableArray<Backend> Backends);

/// <summary>One end of a Service's port.</summary>
/// <param name="Endpoint">Index of the endpoint, or -1 for an address that no endpoint owns.</param>
/// <param name="Address">Address; <c>default</c> for endpoints of unknown address.</param>
/// <param name="Port">Port on that address.</param>
/// <param name="IsReady">False for backends that get no traffic.</param>
/// <param name="HostNetworkPod">Index of the pod in its node's network that it is, or -1.</param>
public readonly record struct Backend(int Endpoint, IpAddress Address, ushort Port, bool IsReady, int HostNetworkPod = -1);
