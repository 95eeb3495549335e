using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>
/// What a dialled address and port stand for, if they belong to a Service (Kubernetes specification §5.8). Of Services that claim the same, the first by
/// namespace and name has it. Immutable; versions share what did not change.
/// </summary>
internal sealed class ServiceIndex(
    PersistentMap<(IpAddress, Protocol, int), ServiceFront[]> fronts, PersistentMap<(Protocol, int), ServiceFront[]> nodePorts)
{
    /// <summary>No Service.</summary>
    public static ServiceIndex Empty { get; } = new(
        PersistentMap<(IpAddress, Protocol, int), ServiceFront[]>.Empty, PersistentMap<(Protocol, int), ServiceFront[]>.Empty);

    /// <summary>A Service's own address. O(1), no allocation.</summary>
    public bool TryFind(IpAddress address, Protocol protocol, int port, out ServiceFront front)
    {
        bool found = fronts.TryGetValue((address, protocol, port), out ServiceFront[]? claims);
        front = found ? claims![0] : default;
        return found;
    }

    /// <summary>The port on every node. O(1), no allocation.</summary>
    public bool TryFindNodePort(Protocol protocol, int port, int node, out ServiceFront front)
    {
        bool found = nodePorts.TryGetValue((protocol, port), out ServiceFront[]? claims);
        front = (found ? claims![0] : default) with { Node = node };
        return found;
    }
}

/// <summary>Which kind of address a Service was dialled by.</summary>
internal enum FrontKind : byte
{
    Cluster,
    External,
    NodePort,
}

/// <summary>A Service's port as dialled; null for headless Services, which map none.</summary>
internal readonly record struct ServiceFront(int Service, ServicePort? Port, FrontKind Kind, int Node);
