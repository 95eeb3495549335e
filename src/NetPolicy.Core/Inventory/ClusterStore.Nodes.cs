using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>Nodes, their interfaces and what Felix is configured to do on them.</summary>
internal sealed partial class ClusterStore
{
    private static readonly EquatableArray<Failsafe> DefaultInbound = Failsafes(
        (Protocol.Tcp, 22), (Protocol.Udp, 68), (Protocol.Tcp, 179), (Protocol.Tcp, 2379), (Protocol.Tcp, 2380),
        (Protocol.Tcp, 5473), (Protocol.Tcp, 6443), (Protocol.Tcp, 6666), (Protocol.Tcp, 6667));

    private static readonly EquatableArray<Failsafe> DefaultOutbound = Failsafes(
        (Protocol.Udp, 53), (Protocol.Udp, 67), (Protocol.Tcp, 179), (Protocol.Tcp, 2379), (Protocol.Tcp, 2380),
        (Protocol.Tcp, 5473), (Protocol.Tcp, 6443), (Protocol.Tcp, 6666), (Protocol.Tcp, 6667));

    private readonly SlotTable<string, Node> _nodes = new();
    private readonly Dictionary<string, NodeState> _nodeStates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FelixConfigurationManifest> _felix = new(StringComparer.Ordinal);
    private readonly List<NodeState> _listedNodes = [];
    private bool _areNodePeersChanged;

    private NodeState NodeOf(string name)
    {
        if (!_nodeStates.TryGetValue(name, out NodeState? state))
        {
            _nodeStates[name] = state = new NodeState(name);
        }

        return state;
    }

    private void List(NodeState node)
    {
        if (!node.IsListed)
        {
            node.IsListed = true;
            _listedNodes.Add(node);
        }
    }

    private void Use(string? name, int by)
    {
        if (name is null)
        {
            return;
        }

        NodeState node = NodeOf(name);
        bool existed = node.Exists;
        node.Uses += by;
        if (existed != node.Exists)
        {
            List(node);
        }
    }

    // The one called `default` is everybody's.
    private void SetFelix(string? name, FelixConfigurationManifest? manifest)
    {
        if (name is null)
        {
            return;
        }

        if (manifest is null)
        {
            _felix.Remove(name);
        }
        else
        {
            _felix[name] = manifest;
        }

        if (name == "default")
        {
            foreach (NodeState node in _nodeStates.Values)
            {
                List(node);
            }
        }
        else if (name.StartsWith("node.", StringComparison.Ordinal) && _nodeStates.TryGetValue(name[5..], out NodeState? node))
        {
            List(node);
        }
    }

    private void FollowHostEndpoint(int slot, Endpoint? old, Endpoint? now)
    {
        string? oldNode = old is { IsWorkload: false } ? old.Node : null, newNode = now is { IsWorkload: false } ? now.Node : null;
        if (oldNode == newNode)
        {
            if (newNode is not null && (old!.InterfaceName != now!.InterfaceName || old.Addresses != now.Addresses))
            {
                List(NodeOf(newNode));
            }

            return;
        }

        if (oldNode is not null)
        {
            NodeOf(oldNode).HostEndpoints.Remove(slot);
            List(NodeOf(oldNode));
        }

        if (newNode is not null)
        {
            NodeOf(newNode).HostEndpoints.Add(slot);
            List(NodeOf(newNode));
        }
    }

    private void MoveHostNetworkPod(int slot, string? from, string? to)
    {
        if (from is not null)
        {
            NodeOf(from).HostNetworkPods.Remove(slot);
            List(NodeOf(from));
        }

        if (to is not null)
        {
            NodeOf(to).HostNetworkPods.Add(slot);
            List(NodeOf(to));
        }
    }

    private void ResolveNodes()
    {
        foreach (NodeState state in _listedNodes)
        {
            state.IsListed = false;
            Node? before = _nodes.Find(state.Name), now = null;
            if (state.Exists)
            {
                now = ToNode(state);
                if (before is null || !now.IsSame(before))
                {
                    now.Index = _nodes.Place(state.Name);
                    _nodes.Set(now.Index, now);
                }
                else
                {
                    now = before;
                }
            }
            else
            {
                _nodes.Remove(state.Name);
                _nodeStates.Remove(state.Name);
            }

            _areNodePeersChanged |= before is null || now is null
                ? !((before ?? now)?.PublishedAddresses ?? default).IsEmpty
                : before.Labels != now.Labels || before.PublishedAddresses != now.PublishedAddresses;
        }

        _listedNodes.Clear();
        foreach (SlotChange<Node> change in _nodes.Changes)
        {
            foreach (IpAddress address in change.Old?.Addresses ?? default)
            {
                if (_nodes[change.Index] is not { } now || !now.Addresses.AsSpan().Contains(address))
                {
                    _addresses.RemoveNode(address, change.Index);
                }
            }
        }

        foreach (SlotChange<Node> change in _nodes.Changes)
        {
            foreach (IpAddress address in _nodes[change.Index]?.Addresses ?? default)
            {
                if (change.Old is not { } old || !old.Addresses.AsSpan().Contains(address))
                {
                    _addresses.AddNode(address, change.Index);
                }
            }
        }
    }

    private Node ToNode(NodeState state)
    {
        NodeManifest? manifest = state.Declared;
        Endpoint[] hostEndpoints = Sorted(state.HostEndpoints, _members.List, e => e.Name).Cast<Endpoint>().ToArray();
        EquatableArray<IpAddress> own = DocumentFacts.Addresses(manifest?.Addresses ?? default);
        SortedDictionary<string, EquatableArray<IpAddress>> annotated = AnnotatedInterfaces(manifest);
        EquatableArray<IpAddress> addresses =
        [
            .. own
                .Concat(annotated.Values.SelectMany(a => a))
                .Concat(hostEndpoints.SelectMany(e => e.Addresses))
                .Concat(Sorted(state.HostNetworkPods, _hostNetworkPods.List, p => p.Name).SelectMany(p => p.Addresses))
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

        Node node = new()
        {
            Name = state.Name,
            Addresses = addresses,
            Labels = manifest is null ? LabelSet.Empty : DocumentFacts.LabelsOf(manifest),
            PublishedAddresses = own,
            PodRanges = [.. (manifest?.PodCidrs ?? default).Select(DocumentFacts.ToPrefix).OfType<IpPrefix>()],
            HasListedInterfaces = annotated.Count > 0,
            Interfaces = [.. interfaces.OrderBy(i => i.Name, StringComparer.Ordinal)],
            EndpointToHost = Configured(state.Name, c => c.DefaultEndpointToHostAction) switch
            {
                null => EndpointToHostAction.Accept,
                { } action when action.Equals("Accept", StringComparison.OrdinalIgnoreCase) => EndpointToHostAction.Accept,
                { } action when action.Equals("Return", StringComparison.OrdinalIgnoreCase) => EndpointToHostAction.Return,
                _ => EndpointToHostAction.Drop,
            },
            EndpointToHostSource = Configured(state.Name, c => c.DefaultEndpointToHostAction is null ? null : c),
            FailsafeInbound = Configured(state.Name, c => c.FailsafeInboundHostPorts) is { } inbound ? Failsafes(inbound) : DefaultInbound,
            FailsafeOutbound = Configured(state.Name, c => c.FailsafeOutboundHostPorts) is { } outbound ? Failsafes(outbound) : DefaultOutbound,
        };
        node.Governors = new HostInterfaces(node, hostEndpoints);
        return node;
    }

    private static IEnumerable<T> Sorted<T>(SlotSet slots, PersistentList<T?>.Builder list, Func<T, string> nameOf)
        where T : class => slots.Slots.ToArray().Select(slot => list[slot]!).OrderBy(nameOf, StringComparer.Ordinal);

    // Annotation `netpol/interfaces: '{"eth0":["172.17.0.10"]}'`; text that is not of this form tells nothing.
    private static SortedDictionary<string, EquatableArray<IpAddress>> AnnotatedInterfaces(NodeManifest? manifest)
    {
        SortedDictionary<string, EquatableArray<IpAddress>> interfaces = new(StringComparer.Ordinal);
        if (manifest?.Metadata.Annotations is { } annotations && annotations.TryGetValue("netpol/interfaces", out string? text) && AnnotationJson.TryParse(text, out JsonElement map))
        {
            foreach (JsonProperty property in map.EnumerateObject())
            {
                interfaces[property.Name] = property.Value.ValueKind == JsonValueKind.Array
                    ? DocumentFacts.Addresses([.. property.Value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)])
                    : default;
            }
        }

        return interfaces;
    }

    // `node.NAME` wins over `default`, field by field.
    private T? Configured<T>(string node, Func<FelixConfigurationManifest, T?> field)
    {
        if (_felix.Count > 0)
        {
            foreach (string name in (ReadOnlySpan<string>)["node." + node, "default"])
            {
                if (_felix.TryGetValue(name, out FelixConfigurationManifest? manifest) && field(manifest) is { } value)
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
                failsafes.Add(new Failsafe(protocol, (ushort)port.Port.Value, port.Net is { } net ? DocumentFacts.ToPrefix(net) ?? default : default));
            }
        }

        return [.. failsafes];
    }

    private static EquatableArray<Failsafe> Failsafes(params (Protocol Protocol, ushort Port)[] ports) =>
        [.. ports.Select(p => new Failsafe(p.Protocol, p.Port, default))];
}
