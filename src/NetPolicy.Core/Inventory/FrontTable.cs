using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>Writes <see cref="ServiceIndex"/>es, one Service at a time.</summary>
/// <param name="services">The current Services by place.</param>
internal sealed class FrontTable(PersistentList<Service?>.Builder services)
{
    private readonly PersistentMap<(IpAddress, Protocol, int), ServiceFront[]>.Builder _fronts = PersistentMap<(IpAddress, Protocol, int), ServiceFront[]>.Empty.ToBuilder();
    private readonly PersistentMap<(Protocol, int), ServiceFront[]>.Builder _nodePorts = PersistentMap<(Protocol, int), ServiceFront[]>.Empty.ToBuilder();
    private ServiceIndex _frozen = ServiceIndex.Empty;
    private bool _isChanged;

    public void Remove(Service service)
    {
        foreach (ServicePort port in service.Ports)
        {
            foreach (IpAddress address in service.Addresses)
            {
                Remove(_fronts, (address, port.Protocol, port.Port), service.Index);
            }

            if (port.NodePort != 0)
            {
                Remove(_nodePorts, (port.Protocol, port.NodePort), service.Index);
            }
        }
    }

    public void Add(Service service)
    {
        foreach (ServicePort port in service.Ports)
        {
            foreach (IpAddress address in service.Addresses)
            {
                FrontKind kind = service.ClusterAddresses.Contains(address) ? FrontKind.Cluster : FrontKind.External;
                Add(_fronts, (address, port.Protocol, port.Port), new ServiceFront(service.Index, port, kind, -1));
            }

            if (port.NodePort != 0)
            {
                Add(_nodePorts, (port.Protocol, port.NodePort), new ServiceFront(service.Index, port, FrontKind.NodePort, -1));
            }
        }
    }

    public ServiceIndex Freeze()
    {
        if (_isChanged)
        {
            _isChanged = false;
            _frozen = new ServiceIndex(_fronts.Freeze(), _nodePorts.Freeze());
        }

        return _frozen;
    }

    private void Remove<TKey>(PersistentMap<TKey, ServiceFront[]>.Builder map, TKey key, int service)
        where TKey : notnull
    {
        if (map.TryGetValue(key, out ServiceFront[]? claims))
        {
            _isChanged = true;
            ServiceFront[] left = Array.FindAll(claims, c => c.Service != service);
            if (left.Length == 0)
            {
                map.Remove(key);
            }
            else
            {
                map.Set(key, left);
            }
        }
    }

    // A Service that claims a port twice means the first.
    private void Add<TKey>(PersistentMap<TKey, ServiceFront[]>.Builder map, TKey key, ServiceFront front)
        where TKey : notnull
    {
        if (!map.TryGetValue(key, out ServiceFront[]? claims))
        {
            map.Set(key, [front]);
        }
        else if (!Array.Exists(claims, c => c.Service == front.Service))
        {
            int at = Array.FindIndex(claims, c => IsBefore(services[front.Service]!, services[c.Service]!));
            at = at < 0 ? claims.Length : at;
            map.Set(key, [.. claims.AsSpan(0, at), front, .. claims.AsSpan(at)]);
        }

        _isChanged = true;
    }

    private static bool IsBefore(Service one, Service other)
    {
        int order = string.CompareOrdinal(one.Namespace, other.Namespace);
        return order < 0 || (order == 0 && string.CompareOrdinal(one.Name, other.Name) < 0);
    }
}
