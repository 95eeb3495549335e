using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Lab;

/// <summary>Services as translations.</summary>
public sealed partial class LabWorld
{
    private enum FrontKind : byte
    {
        Cluster = 0,
        External,
        NodePort,
    }

    // The first Service in order owns a front, as in the engine.
    private List<LabService> CollectServices()
    {
        List<LabService> services = [];
        foreach (Service service in Cluster.Services)
        {
            foreach (ServicePort port in service.Ports)
            {
                foreach (IpAddress address in service.Addresses)
                {
                    FrontKind kind = service.ClusterAddresses.Contains(address) ? FrontKind.Cluster : FrontKind.External;
                    if (_fronts.TryAdd((address, port.Protocol.Number, port.Port), new Front(service, port, kind, -1)) && port.Protocol.HasPorts)
                    {
                        services.AddRange(Translations(address, port, kind));
                    }
                }
            }
        }

        foreach (Service service in Cluster.Services)
        {
            foreach (ServicePort port in service.Ports)
            {
                if (port.NodePort != 0
                    && _nodePorts.TryAdd((port.Protocol.Number, port.NodePort), new Front(service, port, FrontKind.NodePort, -1))
                    && port.Protocol.HasPorts)
                {
                    services.AddRange(
                        from node in _nodes.Values
                        from backend in Ready(port)
                        select new LabService(null, port.Protocol.Number, port.NodePort, ToIPAddress(backend.Address), backend.Port) { Node = node.Name });
                }
            }
        }

        return services;
    }

    private IEnumerable<LabService> Translations(IpAddress address, ServicePort port, FrontKind kind)
    {
        Backend[] backends = [.. Ready(port).Where(backend => backend.Address.Family == address.Family)];
        foreach (Backend backend in backends)
        {
            LabService service = new(ToIPAddress(address), port.Protocol.Number, port.Port, ToIPAddress(backend.Address), backend.Port);
            if (kind == FrontKind.Cluster)
            {
                yield return service with { Scope = LabServiceScope.Inside };
            }

            if (NodeOf(backend) is var node && _nodes.TryGetValue(node, out LabNode? lab))
            {
                yield return service with { Scope = LabServiceScope.Outside, Node = lab.Name };
            }
        }
    }

    private static IEnumerable<Backend> Ready(ServicePort port) =>
        port.Backends.AsEnumerable().Where(backend => backend.IsReady && backend.Address != default && backend.Port != 0);

    private int NodeOf(Backend backend) =>
        backend.Endpoint >= 0
            ? Cluster.SelectableAt(backend.Endpoint) is Endpoint { Node: { } name } ? Cluster.FindNode(name)!.Index : -1
            : _owners.TryGetValue(backend.Address, out List<Place>? owners) && owners.Count == 1 ? owners[0].Node : -1;

    /// <summary>A Service's port as dialled; the node is a NodePort's. Headless Services map no port.</summary>
    private readonly record struct Front(Service Service, ServicePort? Port, FrontKind Kind, int Node)
    {
        public EquatableArray<Backend> Backends => Port?.Backends ?? Service.HeadlessBackends;
    }
}
