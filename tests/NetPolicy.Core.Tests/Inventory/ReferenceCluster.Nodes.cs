using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>Nodes, their interfaces and what Felix is configured to do on them.</summary>
internal sealed partial class ReferenceCluster
{
    private static readonly EquatableArray<Failsafe> DefaultInbound = Failsafes(
        (Protocol.Tcp, 22), (Protocol.Udp, 68), (Protocol.Tcp, 179), (Protocol.Tcp, 2379), (Protocol.Tcp, 2380),
        (Protocol.Tcp, 5473), (Protocol.Tcp, 6443), (Protocol.Tcp, 6666), (Protocol.Tcp, 6667));

    private static readonly EquatableArray<Failsafe> DefaultOutbound = Failsafes(
        (Protocol.Udp, 53), (Protocol.Udp, 67), (Protocol.Tcp, 179), (Protocol.Tcp, 2379), (Protocol.Tcp, 2380),
        (Protocol.Tcp, 5473), (Protocol.Tcp, 6443), (Protocol.Tcp, 6666), (Protocol.Tcp, 6667));

    private Node[] CollectNodes()
    {
        SortedDictionary<string, NodeManifest?> names = new(StringComparer.Ordinal);
        foreach (string name in Selectables.Where(e => e.Kind is not null).Select(e => e.Node)
            .Concat(HostNetworkPods.Select(p => p.Node)).OfType<string>())
        {
            names[name] = null;
        }

        foreach (NodeManifest manifest in _manifests.OfType<NodeManifest>())
        {
            names[manifest.Metadata.Name ?? ""] = manifest;
        }

        Node[] nodes = [.. names.Select(n => ToNode(n.Key, n.Value))];
        foreach (Node node in nodes)
        {
            node.Index = _slots("node", node.Name);
        }

        return nodes;
    }

    private Node ToNode(string name, NodeManifest? manifest)
    {
        ReferenceMember[] hostEndpoints =
        [
            .. Selectables.Where(e => e.Kind is not null).Where(e => e.Kind == EndpointKind.HostEndpoint && e.Node == name),
        ];
        EquatableArray<IpAddress> own = Addresses(manifest?.Addresses ?? default);
        SortedDictionary<string, EquatableArray<IpAddress>> annotated = AnnotatedInterfaces(manifest);
        EquatableArray<IpAddress> addresses =
        [
            .. own
                .Concat(annotated.Values.SelectMany(a => a))
                .Concat(hostEndpoints.SelectMany(e => e.Addresses))
                .Concat(HostNetworkPods.Where(p => p.Node == name).SelectMany(p => p.Addresses))
                .Distinct(),
        ];

        // Where no annotation says which interface has which address, each but loopback has all.
        List<NodeInterface> interfaces = [.. annotated.Select(i => new NodeInterface(i.Key, i.Value))];
        foreach (string used in hostEndpoints.Select(e => e.InterfaceName).OfType<string>().Where(i => i != "*").Distinct(StringComparer.Ordinal))
        {
            if (!annotated.ContainsKey(used))
            {
                interfaces.Add(new NodeInterface(used, annotated.Count == 0 && used != "lo" ? addresses : default));
            }
        }

        if (interfaces.Count == 0)
        {
            interfaces.Add(new NodeInterface(null, addresses));
        }

        return new Node
        {
            Name = name,
            Addresses = addresses,
            Labels = manifest is null ? LabelSet.Empty : LabelsOf(manifest),
            PublishedAddresses = own,
            PodRanges = [.. (manifest?.PodCidrs ?? default).Select(ToPrefix).OfType<IpPrefix>()],
            HasListedInterfaces = annotated.Count > 0,
            Interfaces = [.. interfaces.OrderBy(i => i.Name, StringComparer.Ordinal)],
            EndpointToHost = Configured(name, c => c.DefaultEndpointToHostAction) switch
            {
                null => EndpointToHostAction.Accept,
                { } action when action.Equals("Accept", StringComparison.OrdinalIgnoreCase) => EndpointToHostAction.Accept,
                { } action when action.Equals("Return", StringComparison.OrdinalIgnoreCase) => EndpointToHostAction.Return,
                _ => EndpointToHostAction.Drop,
            },
            EndpointToHostSource = Configured(name, c => c.DefaultEndpointToHostAction is null ? null : c),
            FailsafeInbound = Configured(name, c => c.FailsafeInboundHostPorts) is { } inbound ? Failsafes(inbound) : DefaultInbound,
            FailsafeOutbound = Configured(name, c => c.FailsafeOutboundHostPorts) is { } outbound ? Failsafes(outbound) : DefaultOutbound,
        };
    }

    // Annotation `netpol/interfaces: '{"eth0":["172.17.0.10"]}'`; text that is not of this form tells nothing.
    private static SortedDictionary<string, EquatableArray<IpAddress>> AnnotatedInterfaces(NodeManifest? manifest)
    {
        SortedDictionary<string, EquatableArray<IpAddress>> interfaces = new(StringComparer.Ordinal);
        if (manifest?.Metadata.Annotations is { } annotations && annotations.TryGetValue("netpol/interfaces", out string? text) && AnnotationJson.TryParse(text, out JsonElement map))
        {
            foreach (JsonProperty property in map.EnumerateObject())
            {
                interfaces[property.Name] = property.Value.ValueKind == JsonValueKind.Array
                    ? Addresses(property.Value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!))
                    : default;
            }
        }

        return interfaces;
    }

    // `node.NAME` wins over `default`, field by field.
    private T? Configured<T>(string node, Func<FelixConfigurationManifest, T?> field)
    {
        foreach (string name in (ReadOnlySpan<string>)["node." + node, "default"])
        {
            foreach (FelixConfigurationManifest manifest in _manifests.OfType<FelixConfigurationManifest>())
            {
                if (manifest.Metadata.Name == name && field(manifest) is { } value)
                {
                    return value;
                }
            }
        }

        return default;
    }

    private static EquatableArray<Failsafe> Failsafes(EquatableArray<FailsafePort> ports)
    {
        List<Failsafe> failsafes = [];
        foreach (FailsafePort port in ports)
        {
            if (Protocol.TryParse(port.Protocol?.ToString().ToUpperInvariant() ?? "TCP", out Protocol protocol) && port.Port is > 0 and <= 65535)
            {
                failsafes.Add(new Failsafe(protocol, (ushort)port.Port.Value, port.Net is { } net ? ToPrefix(net) ?? default : default));
            }
        }

        return [.. failsafes];
    }

    private static EquatableArray<Failsafe> Failsafes(params (Protocol Protocol, ushort Port)[] ports) =>
        [.. ports.Select(p => new Failsafe(p.Protocol, p.Port, default))];
}
