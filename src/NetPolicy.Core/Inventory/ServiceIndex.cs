using NetPolicy.Addresses;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>What a dialled address and port stand for, if they belong to a Service (Kubernetes specification §5.8).</summary>
internal sealed class ServiceIndex
{
    private readonly Dictionary<(IpAddress, Protocol, int), ServiceFront> _fronts = [];
    private readonly Dictionary<(Protocol, int), ServiceFront> _nodePorts = [];

    public ServiceIndex(IReadOnlyList<Service> services)
    {
        foreach (Service service in services)
        {
            int s = service.Index;
            foreach (ServicePort port in service.Ports)
            {
                foreach (IpAddress address in service.Addresses)
                {
                    bool isCluster = service.ClusterAddresses.Contains(address);
                    _fronts.TryAdd((address, port.Protocol, port.Port), new ServiceFront(s, port, isCluster ? FrontKind.Cluster : FrontKind.External, -1));
                }

                if (port.NodePort != 0)
                {
                    _nodePorts.TryAdd((port.Protocol, port.NodePort), new ServiceFront(s, port, FrontKind.NodePort, -1));
                }
            }
        }
    }

    /// <summary>A Service's own address.</summary>
    public bool TryFind(IpAddress address, Protocol protocol, int port, out ServiceFront front) =>
        _fronts.TryGetValue((address, protocol, port), out front);

    /// <summary>The port on every node.</summary>
    public bool TryFindNodePort(Protocol protocol, int port, int node, out ServiceFront front)
    {
        bool found = _nodePorts.TryGetValue((protocol, port), out front);
        front = front with { Node = node };
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
