using System.Net;
using System.Text;

namespace NetPolicy.Enforce.Lab;

/// <summary>Refuses topologies that cannot be built, before anything is built.</summary>
internal static class LabTopologyCheck
{
    internal static void Check(LabTopology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        Require(topology.Nodes.Count > 0, "a topology needs a node");
        Unique(topology.Nodes.Select(node => node.Name), "node");
        Unique(topology.Pods.Select(pod => pod.Id), "pod");
        Unique(topology.Clients.Select(client => client.Id), "client");
        foreach (LabNode node in topology.Nodes)
        {
            IEnumerable<string> names = node.ExtraInterfaces.Select(one => one.Name)
                .Prepend(node.Interface)
                .Concat(topology.Pods.Where(pod => pod.Node == node.Name).Select(pod => pod.Interface));
            Unique(names, $"interface of node `{node.Name}`");
            foreach (string name in names)
            {
                Require(IsInterfaceName(name), $"`{name}` is no interface name: 1 to 15 bytes without spaces, slashes or colons expected");
            }
        }

        foreach (LabPod pod in topology.Pods)
        {
            Require(topology.Nodes.Any(node => node.Name == pod.Node), $"pod `{pod.Id}` is on node `{pod.Node}`, which the topology does not have");
        }

        foreach (LabService service in topology.Services)
        {
            Require(service.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp, $"a service of protocol {service.Protocol} has no ports to translate");
            Require(service.Port != 0 && service.BackendPort != 0, "a service's ports are 1 to 65535");
            Require(
                service.FrontAddress is null || WireAddress.SameFamily(service.FrontAddress, service.BackendAddress),
                $"service address `{service.FrontAddress}` and backend `{service.BackendAddress}` are of two families");
        }

        foreach (IPAddress address in topology.Nodes.SelectMany(node => node.Addresses)
            .Concat(topology.Pods.SelectMany(pod => pod.Addresses))
            .Concat(topology.Clients.SelectMany(client => client.Addresses)))
        {
            Require(!WireAddress.IsIpv6(address) || address.ScopeId == 0, $"address `{address}` has a zone");
        }
    }

    private static bool IsInterfaceName(string name) =>
        name.Length > 0
        && Encoding.UTF8.GetByteCount(name) <= 15
        && name is not ("." or ".." or "lo")
        && name[0] != '-'
        && name.All(c => c is > ' ' and < '\x7f' and not ('/' or ':' or '"' or '\'' or '\\' or '#'));

    private static void Unique(IEnumerable<string> names, string what)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            Require(seen.Add(name), $"{what} `{name}` is there twice");
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
