using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Lab;

/// <summary>Which flows to try when nobody says which.</summary>
public static class LabFlows
{
    private static readonly (Protocol Protocol, ushort Port) s_web = (Protocol.Tcp, 80);

    /// <summary>
    /// Every ordered pair of workloads, each workload with the outside in both directions, and each node with each workload in both directions;
    /// on every port that the documents and <paramref name="others"/> name, in every address family that both ends have.
    /// </summary>
    /// <param name="snapshot">The world.</param>
    /// <param name="outside">Addresses outside.</param>
    /// <param name="others">Flows whose ports count too.</param>
    public static IReadOnlyList<FlowRequest> Everything(Snapshot snapshot, IReadOnlyList<IpAddress> outside, IEnumerable<FlowRequest> others)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(outside);
        ArgumentNullException.ThrowIfNull(others);
        (string Name, IEnumerable<IpAddress> Addresses)[] workloads =
        [
            .. snapshot.Cluster.Endpoints.Where(endpoint => endpoint.IsWorkload && !endpoint.Addresses.IsEmpty)
                .Select(endpoint => (endpoint.Name, (IEnumerable<IpAddress>)endpoint.Addresses)),
        ];
        (string Name, IEnumerable<IpAddress> Addresses)[] rest =
        [
            .. outside.Select(address => (address.ToString(), (IEnumerable<IpAddress>)[address])),
            .. snapshot.Cluster.Nodes.Where(node => !node.Addresses.IsEmpty).Select(node => (node.ToString(), (IEnumerable<IpAddress>)node.Addresses)),
        ];
        (Protocol Protocol, ushort Port)[] ports = [.. Ports(snapshot, others)];
        IEnumerable<((string Name, IEnumerable<IpAddress> Addresses) From, (string Name, IEnumerable<IpAddress> Addresses) To)> pairs =
            workloads.SelectMany(from => workloads.Where(to => to.Name != from.Name).Select(to => (from, to)))
                .Concat(workloads.SelectMany(workload => rest.SelectMany(other => new[] { (workload, other), (other, workload) })));
        return
        [
            .. from pair in pairs
               from family in Families(pair.From.Addresses, pair.To.Addresses)
               from port in ports
               select new FlowRequest
               {
                   From = pair.From.Name,
                   To = pair.To.Name,
                   Protocol = port.Protocol.ToString(),
                   Port = port.Port,
                   IpFamily = family.ToString(),
               },
        ];
    }

    /// <summary>Ports that policies, containers, Services and flows name, in order of protocol and number; of ranges the ends; TCP 80 if there is none.</summary>
    public static IReadOnlyCollection<(Protocol Protocol, ushort Port)> Ports(Snapshot snapshot, IEnumerable<FlowRequest> others)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(others);
        SortedSet<(Protocol Protocol, ushort Port)> ports = [];
        foreach (RuleMatch match in snapshot.Policies.SelectMany(policy => policy.Ingress.Concat(policy.Egress)).SelectMany(rule => rule.Alternatives))
        {
            ports.UnionWith(PortsOf(match));
        }

        foreach (PodManifest pod in snapshot.Manifests.OfType<PodManifest>())
        {
            ports.UnionWith(pod.Spec.Ports.AsEnumerable()
                .Where(port => port.Number is > 0 and <= ushort.MaxValue && Protocol.TryParse(port.Protocol ?? "TCP", out _))
                .Select(port => (Protocol.TryParse(port.Protocol ?? "TCP", out Protocol protocol) ? protocol : default, (ushort)port.Number)));
        }

        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints)
        {
            ports.UnionWith(endpoint.Ports.AsEnumerable().Select(port => (port.Protocol, port.Number)));
        }

        foreach (ServicePort port in snapshot.Cluster.Services.SelectMany(service => service.Ports.AsEnumerable()))
        {
            ports.Add((port.Protocol, port.Port));
            ports.UnionWith(port.Backends.AsEnumerable().Select(backend => (port.Protocol, backend.Port)));
            ports.Add((port.Protocol, port.NodePort));
        }

        foreach (FlowRequest other in others)
        {
            if (other.Port is > 0 and <= ushort.MaxValue && Protocol.TryParse(other.Protocol ?? "TCP", out Protocol protocol))
            {
                ports.Add((protocol, (ushort)other.Port));
            }
        }

        ports.RemoveWhere(one => one.Port == 0 || !one.Protocol.HasPorts);
        return ports.Count > 0 ? ports : [s_web];
    }

    private static IEnumerable<(Protocol Protocol, ushort Port)> PortsOf(RuleMatch match) =>
        from ranges in (PortMatch?[])[match.Destination.Ports, match.Destination.NotPorts]
        where ranges is not null
        from range in ranges.Numbers.Ranges.AsEnumerable()
        where range != PortRange.All
        from port in (ushort[])[range.First, range.Last]
        select (match.Protocol ?? Protocol.Tcp, port);

    private static IEnumerable<IpFamily> Families(IEnumerable<IpAddress> from, IEnumerable<IpAddress> to) =>
        ((IpFamily[])[IpFamily.IPv4, IpFamily.IPv6]).Where(family => from.Any(one => one.Family == family) && to.Any(one => one.Family == family));
}
