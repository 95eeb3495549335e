using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>Whose an address is, by asking everybody. Names instead of places.</summary>
internal sealed class ReferenceMembers(ReferenceCluster cluster)
{
    public string[] Of(IpAddress address) =>
        [.. cluster.Selectables.Where(m => m.Addresses.Contains(address)).Select(m => m.Name).Concat(SetsOf(address)).Order(StringComparer.Ordinal)];

    public string[] WorkloadsOf(IpAddress address) =>
        [.. cluster.Selectables.Where(m => m.IsWorkload && m.Addresses.Contains(address)).Select(m => m.Name).Order(StringComparer.Ordinal)];

    public string[] SetsOf(IpAddress address) =>
        [.. cluster.Selectables.Where(m => m.Nets.Any(n => n.Contains(address))).Select(m => m.Name).Order(StringComparer.Ordinal)];

    public string[] NodesOf(IpAddress address) =>
        [.. cluster.Nodes.Where(n => n.Addresses.Contains(address)).Select(n => n.Name).Order(StringComparer.Ordinal)];

    public string FrontOf(IpAddress address, Protocol protocol, int number)
    {
        foreach (Service service in cluster.Services.Where(s => s.Addresses.Contains(address)))
        {
            if (service.Ports.FirstOrDefault(p => p.Protocol == protocol && p.Port == number) is not null)
            {
                return $"{service} {(service.ClusterAddresses.Contains(address) ? FrontKind.Cluster : FrontKind.External)}";
            }
        }

        return "";
    }

    public string NodePortOf(Protocol protocol, int number) =>
        cluster.Services.FirstOrDefault(s => s.Ports.Any(p => p.Protocol == protocol && p.NodePort == number))?.ToString() ?? "";
}
