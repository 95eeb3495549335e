using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>All that a cluster says, in lines by what they are about; names stand for places.</summary>
internal static class ClusterText
{
    /// <summary>What the product says.</summary>
    public static SortedDictionary<string, string> Of(Cluster cluster, IEnumerable<IpAddress> probes, IEnumerable<string> profiles)
    {
        SortedDictionary<string, string> lines = new(StringComparer.Ordinal);
        foreach (Selectable member in cluster.Selectables)
        {
            lines["member " + member.Name] = Text(
                member.Source, (member as Endpoint)?.Kind, member.Namespace, (member as Endpoint)?.Labels ?? member.Shape.Labels, (member as Endpoint)?.NamespaceLabels ?? default,
                member.EffectiveLabels, (member as Endpoint)?.Node, (member as Endpoint)?.Addresses ?? default, (member as Endpoint)?.Ports ?? default,
                (member as Endpoint)?.Profiles ?? default, (member as Endpoint)?.InterfaceName, (member as NetworkSet)?.Nets ?? default);
        }

        string NameOf(int slot) => cluster.SelectableAt(slot).Name;
        string HostNameOf(int slot) => cluster.HostNetworkPodAt(slot).Name;
        Common(lines, cluster.HostNetworkPods, cluster.Nodes, cluster.Services, cluster.Namespaces, cluster.DomainNames, NameOf, HostNameOf);
        foreach ((ServiceName name, EquatableArray<SliceBackend> backends) in cluster.SliceBackends.Items())
        {
            lines[$"slices {name.Namespace}/{name.Name}"] = Text(backends, NameOf);
        }

        foreach (string profile in profiles)
        {
            lines["profile " + profile] = Text(cluster.FindProfile(profile));
        }

        foreach (IpAddress address in probes)
        {
            lines["address " + address] =
                $"{Join(cluster.Members.Of(address).Select(NameOf).Order(StringComparer.Ordinal))} | {Join(cluster.Members.WorkloadsOf(address).Select(NameOf))} | "
                + $"{Join(cluster.Members.SetsOf(address).Select(NameOf))} | {Join(cluster.Members.NodesOf(address).Select(n => cluster.NodeAt(n).Name))}";
        }

        foreach (Service service in cluster.Services)
        {
            foreach (ServicePort port in service.Ports)
            {
                foreach (IpAddress address in service.Addresses)
                {
                    lines[$"front {address} {port.Protocol} {port.Port}"] = cluster.Fronts.TryFind(address, port.Protocol, port.Port, out ServiceFront front)
                        ? $"{cluster.ServiceAt(front.Service)} {front.Kind}" : "";
                }

                if (port.NodePort != 0)
                {
                    lines[$"node port {port.Protocol} {port.NodePort}"] = cluster.Fronts.TryFindNodePort(port.Protocol, port.NodePort, 0, out ServiceFront front)
                        ? cluster.ServiceAt(front.Service).ToString() : "";
                }
            }
        }

        return lines;
    }

    /// <summary>What it must say.</summary>
    public static SortedDictionary<string, string> Of(ReferenceCluster cluster, IEnumerable<IpAddress> probes, IEnumerable<string> profiles)
    {
        SortedDictionary<string, string> lines = new(StringComparer.Ordinal);
        foreach (ReferenceMember member in cluster.Selectables)
        {
            lines["member " + member.Name] = Text(
                member.Source, member.Kind, member.Namespace, member.Labels, member.NamespaceLabels, member.EffectiveLabels, member.Node, member.Addresses, member.Ports,
                member.Profiles, member.InterfaceName, member.Nets);
        }

        string NameOf(int slot) => cluster.Selectables.Single(m => m.Index == slot).Name;
        string HostNameOf(int slot) => cluster.HostNetworkPods.Single(m => m.Index == slot).Name;
        Common(lines, cluster.HostNetworkPods, cluster.Nodes, cluster.Services, cluster.Namespaces, cluster.DomainNames, NameOf, HostNameOf);
        foreach ((ServiceName name, EquatableArray<SliceBackend> backends) in cluster.SliceBackends)
        {
            lines[$"slices {name.Namespace}/{name.Name}"] = Text(backends, NameOf);
        }

        foreach (string profile in profiles)
        {
            lines["profile " + profile] = Text(cluster.Profiles.GetValueOrDefault(profile));
        }

        ReferenceMembers members = new(cluster);
        foreach (IpAddress address in probes)
        {
            lines["address " + address] =
                $"{Join(members.Of(address))} | {Join(members.WorkloadsOf(address))} | {Join(members.SetsOf(address))} | {Join(members.NodesOf(address))}";
        }

        foreach (Service service in cluster.Services)
        {
            foreach (ServicePort port in service.Ports)
            {
                foreach (IpAddress address in service.Addresses)
                {
                    lines[$"front {address} {port.Protocol} {port.Port}"] = members.FrontOf(address, port.Protocol, port.Port);
                }

                if (port.NodePort != 0)
                {
                    lines[$"node port {port.Protocol} {port.NodePort}"] = members.NodePortOf(port.Protocol, port.NodePort);
                }
            }
        }

        return lines;
    }

    /// <summary>Which host endpoint governs what, of the product alone.</summary>
    public static IEnumerable<string> Governors(Cluster cluster) =>
        from node in cluster.Nodes
        from name in (string?[])[null, "lo", "eth0", "eth1", "other", .. node.Interfaces.Select(i => i.Name)]
        let own = node.Governors.OwnOf(name)
        select $"{node.Name} {name} {(own < 0 ? "-" : cluster.SelectableAt(own).Name)} {(node.Governors.Star < 0 ? "-" : cluster.SelectableAt(node.Governors.Star).Name)}";

    private static void Common(
        SortedDictionary<string, string> lines, IEnumerable<HostNetworkPod> pods, IEnumerable<Node> nodes, IEnumerable<Service> services,
        IEnumerable<KeyValuePair<string, LabelSet>> namespaces, IEnumerable<KeyValuePair<string, EquatableArray<IpAddress>>> domains,
        Func<int, string> nameOf, Func<int, string> hostNameOf)
    {
        foreach (HostNetworkPod pod in pods)
        {
            lines["host pod " + pod.Name] = $"{pod.Node} {pod.Addresses} {pod.Source.Id} {pod.Source.Metadata.Labels}";
        }

        foreach (Node node in nodes)
        {
            lines["node " + node.Name] =
                $"{node.Addresses} {node.Labels} {node.PublishedAddresses} {node.PodRanges} {Join(node.Interfaces.Select(i => $"{i.Name}={i.Addresses}"))} "
                + $"{node.HasListedInterfaces} {node.EndpointToHost} {node.EndpointToHostSource?.Metadata.Name} {node.FailsafeInbound} {node.FailsafeOutbound}";
        }

        foreach (Service service in services)
        {
            lines["service " + service] =
                $"{service.Addresses} {service.ClusterAddresses} {service.OuterAddresses} {service.IsHeadless} [{Join(service.HeadlessBackends.Select(b => Text(b, nameOf, hostNameOf)))}] "
                + Join(service.Ports.Select(p => $"{p.Protocol} {p.Port} {p.NodePort} [{Join(p.Backends.Select(b => Text(b, nameOf, hostNameOf)))}]"));
        }

        foreach ((string name, LabelSet labels) in namespaces)
        {
            lines["namespace " + name] = labels.ToString();
        }

        foreach ((string name, EquatableArray<IpAddress> addresses) in domains)
        {
            lines["domain " + name] = addresses.ToString();
        }
    }

    private static string Text(
        Manifest source, EndpointKind? kind, string? @namespace, LabelSet labels, LabelSet namespaceLabels, LabelSet effective, string? node,
        EquatableArray<IpAddress> addresses, EquatableArray<NamedPort> ports, EquatableArray<string> profiles, string? interfaceName, EquatableArray<IpPrefix> nets) =>
        $"{source.Id} {kind} {@namespace} {labels} {namespaceLabels} {effective} {node ?? "-"} {addresses} {ports} {profiles} {interfaceName ?? "-"} {nets}";

    private static string Text(Backend backend, Func<int, string> nameOf, Func<int, string> hostNameOf)
    {
        string end = backend.Endpoint >= 0 ? nameOf(backend.Endpoint) : backend.HostNetworkPod >= 0 ? "host " + hostNameOf(backend.HostNetworkPod) : "-";
        return string.Create(CultureInfo.InvariantCulture, $"{end} {backend.Address} {backend.Port} {backend.IsReady}");
    }

    private static string Text(EquatableArray<SliceBackend> backends, Func<int, string> nameOf) =>
        Join(backends.Select(b => $"{(b.Endpoint >= 0 ? nameOf(b.Endpoint) : "-")} {b.Address} {b.Protocol} {b.Port}"));

    private static string Text(Profile? profile) =>
        profile is null ? "missing" : $"{profile.Labels} {Join(profile.Ingress.Select(r => r.Action.ToString()))} {Join(profile.Egress.Select(r => r.Action.ToString()))}";

    private static string Join(IEnumerable<string> texts) => string.Join(", ", texts);
}
