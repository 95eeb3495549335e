using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>What a dialled address and port stand for, if they belong to a Service (Kubernetes specification §5.8).</summary>
internal sealed class ServiceIndex
{
    private readonly Dictionary<(IpAddress, Protocol, int), ServiceFront> _fronts = [];

    public ServiceIndex(Cluster cluster)
    {
        for (int s = 0; s < cluster.Services.Count; s++)
        {
            Service service = cluster.Services[s];
            foreach (ServicePort port in service.Ports)
            {
                foreach (IpAddress address in service.Addresses)
                {
                    bool isCluster = service.ClusterAddresses.Contains(address);
                    _fronts.TryAdd((address, port.Protocol, port.Port), new ServiceFront(s, port, isCluster ? FrontKind.Cluster : FrontKind.External, -1));
                }
            }
        }

        for (int s = 0; s < cluster.Services.Count; s++)
        {
            foreach (ServicePort port in cluster.Services[s].Ports.Where(p => p.NodePort != 0))
            {
                foreach (Node node in cluster.Nodes)
                {
                    foreach (IpAddress address in node.Addresses)
                    {
                        _fronts.TryAdd((address, port.Protocol, port.NodePort), new ServiceFront(s, port, FrontKind.NodePort, node.Index));
                    }
                }
            }
        }
    }

    public bool TryFind(IpAddress address, Protocol protocol, int port, out ServiceFront front) =>
        _fronts.TryGetValue((address, protocol, port), out front);
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
