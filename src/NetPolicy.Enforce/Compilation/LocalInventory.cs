using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Rules;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Compilation;

/// <summary>What the inventory alone says of a node: its workloads, and the addresses for pods that nobody has. The same for all policies.</summary>
internal sealed class LocalInventory
{
    private Cluster _cluster;
    private readonly Node? _node;
    private readonly List<(Endpoint Endpoint, string Interface)> _workloads = [];
    private readonly List<Endpoint> _hostEndpoints = [];
    private readonly SortedSet<string> _closedInterfaces = new(StringComparer.Ordinal);
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly EquatableArray<RuleValue>?[] _unknown = new EquatableArray<RuleValue>?[2];
    private readonly int[] _order;

    public LocalInventory(Cluster cluster, string nodeName, EnforcementOptions options)
    {
        _cluster = cluster;
        _node = cluster.FindNode(nodeName);
        Bridged = BridgedWorkload.Find(cluster.Endpoints.Where(e => e.IsWorkload && e.Kind != EndpointKind.Workload && e.Node == nodeName), options.Bridges);
        Pins = PinTable.Of(options.TableName, Bridged.Values, options.UnknownPods == UnknownPods.Closed);
        Collect(nodeName, options.WorkloadInterfacePrefix);
        _order = [.. Enumerable.Range(0, _workloads.Count)];
        Array.Sort(_order, (a, b) => string.CompareOrdinal(_workloads[a].Interface, _workloads[b].Interface) is not 0 and int order ? order : a.CompareTo(b));
    }

    /// <summary>Workloads behind ports of bridges.</summary>
    public IReadOnlyDictionary<Endpoint, BridgedWorkload> Bridged { get; }

    /// <summary>The table that pins them; null if there are none.</summary>
    public RuleTable? Pins { get; }

    /// <summary>Workloads with an address and an interface of their own, or a bridge, in order of the inventory.</summary>
    public IReadOnlyList<(Endpoint Endpoint, string Interface)> Workloads => _workloads;

    /// <summary>The same in order of their interfaces.</summary>
    public IEnumerable<(Endpoint Endpoint, string Interface)> ByInterface => _order.Select(i => _workloads[i]);

    /// <summary>Host endpoints of the node, in order of the inventory.</summary>
    public IReadOnlyList<Endpoint> HostEndpoints => _hostEndpoints;

    /// <summary>Interfaces of workloads without an address.</summary>
    public IReadOnlyCollection<string> ClosedInterfaces => _closedInterfaces;

    /// <summary>Workloads that cannot be judged as their policies say.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    /// <summary>True if another state of the cluster says the same of the node.</summary>
    public bool IsOf(Cluster cluster) =>
        ReferenceEquals(cluster.SelectableList, _cluster.SelectableList) && ReferenceEquals(cluster.NodeList, _cluster.NodeList);

    /// <summary>Takes another state of the cluster for the one it was made of: nothing that it says has changed.</summary>
    public void Follow(Cluster cluster) => _cluster = cluster;

    /// <summary>
    /// The node's pod ranges without addresses that somebody has: disjoint, ascending. What a known workload sends may come back to its node by another way,
    /// for example through a load balancer, and is then judged, not closed.
    /// </summary>
    public EquatableArray<RuleValue> UnknownPodRanges(IpFamily family) =>
        _unknown[family == IpFamily.IPv6 ? 1 : 0] ??= [.. FindUnknown(family).Select(r => new RuleValue.Addresses(r))];

    private void Collect(string nodeName, string interfacePrefix)
    {
        Dictionary<string, Endpoint> owners = new(StringComparer.Ordinal);
        foreach (Endpoint endpoint in _cluster.Endpoints)
        {
            if (endpoint.Node != nodeName)
            {
                continue;
            }

            if (endpoint.Kind == EndpointKind.HostEndpoint)
            {
                _hostEndpoints.Add(endpoint);
                continue;
            }

            if (!endpoint.IsWorkload || endpoint.Kind == EndpointKind.Workload)
            {
                continue;
            }

            if (Bridged.TryGetValue(endpoint, out BridgedWorkload? bridged))
            {
                _workloads.Add((endpoint, bridged.Bridge.Name));
                continue;
            }

            string name = InterfaceNames.Of(endpoint, interfacePrefix);
            if (!InterfaceNames.IsSafe(name))
            {
                Report(
                    Findings.UnusableInterfaceName,
                    $"interface name `{name}` of `{endpoint.Name}` cannot be used in rules, expected 1 to 15 letters, digits or `._-@:+`",
                    endpoint);
            }
            else if (endpoint.Addresses.IsEmpty)
            {
                Report(Findings.EndpointWithoutAddress, $"`{endpoint.Name}` has no address, its interface `{name}` stays closed", endpoint);
                _closedInterfaces.Add(name);
            }
            else if (owners.TryGetValue(name, out Endpoint? other))
            {
                Report(
                    Findings.InterfaceSharedByEndpoints,
                    $"`{endpoint.Name}` and `{other.Name}` are both on interface `{name}`, expected one workload on each",
                    endpoint);
            }
            else
            {
                owners.Add(name, endpoint);
                _workloads.Add((endpoint, name));
            }
        }

        _closedInterfaces.ExceptWith(owners.Keys);
    }

    private void Report(DiagnosticDescriptor descriptor, string message, Endpoint endpoint) =>
        _diagnostics.Add(new Diagnostic(descriptor, message, endpoint.Source.SpanOf("metadata.name")));

    private IEnumerable<IpRange> FindUnknown(IpFamily family)
    {
        IpPrefix[] blocks = [.. (_node?.PodRanges ?? default).Where(p => p.Family == family).Distinct().Order()];
        IpPrefix[] outer = [.. blocks.Where(b => !blocks.Any(o => o != b && o.Contains(b)))];
        SortedSet<IpAddress> holes = [];
        if (outer.Length > 0)
        {
            foreach (Node node in _cluster.Nodes)
            {
                AddHoles(holes, outer, node.Addresses);
            }

            foreach (Endpoint endpoint in _cluster.Endpoints)
            {
                AddHoles(holes, outer, endpoint.Addresses);
            }
        }

        foreach (IpPrefix block in outer)
        {
            UInt128 next = block.First.Value;
            foreach (IpAddress address in holes.Where(block.Contains))
            {
                if (address.Value > next)
                {
                    yield return new IpRange(IpAddress.From(family, next), IpAddress.From(family, address.Value - 1));
                }

                next = address.Value + 1;
            }

            if (next <= block.Last.Value)
            {
                yield return new IpRange(IpAddress.From(family, next), block.Last);
            }
        }
    }

    private static void AddHoles(SortedSet<IpAddress> holes, IpPrefix[] blocks, EquatableArray<IpAddress> addresses)
    {
        foreach (IpAddress address in addresses)
        {
            foreach (IpPrefix block in blocks)
            {
                if (block.Contains(address))
                {
                    holes.Add(address);
                    break;
                }
            }
        }
    }
}
