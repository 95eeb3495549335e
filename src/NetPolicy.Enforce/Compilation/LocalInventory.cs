using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Compilation;

/// <summary>What the inventory alone says of a node: its workloads, and the addresses for pods that nobody has. The same for all policies.</summary>
internal sealed class LocalInventory
{
    private static readonly Comparer<Endpoint> s_byName = Comparer<Endpoint>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));

    private static readonly Comparer<(Endpoint Endpoint, string Interface)> s_byWay = Comparer<(Endpoint Endpoint, string Interface)>.Create(
        (a, b) => string.CompareOrdinal(a.Interface, b.Interface) is not 0 and int order ? order : s_byName.Compare(a.Endpoint, b.Endpoint));

    private const int Few = 32;

    private readonly string _nodeName;
    private readonly EnforcementOptions _options;
    private readonly Node? _node;
    private readonly List<(Endpoint Endpoint, string Interface)> _workloads = [];
    private readonly List<Endpoint> _hostEndpoints = [];
    private readonly SortedSet<string> _closedInterfaces = new(StringComparer.Ordinal);
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly EquatableArray<RuleValue>?[] _unknown = new EquatableArray<RuleValue>?[2];
    private readonly List<(Endpoint Endpoint, string Interface)> _byInterface = [];

    // Everything of the node, by its name.
    private readonly List<Endpoint> _here = [];
    private readonly Dictionary<Endpoint, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly HolesInRanges?[] _holes = new HolesInRanges?[2];
    private Cluster _cluster;

    public LocalInventory(Cluster cluster, string nodeName, EnforcementOptions options)
    {
        _cluster = cluster;
        _nodeName = nodeName;
        _options = options;
        _node = cluster.FindNode(nodeName);
        _here.AddRange(cluster.Endpoints.Where(e => e.Node == nodeName));
        Bridged = BridgedWorkload.Find(_here.Where(e => e.IsWorkload && e.Kind != EndpointKind.Workload), options.Bridges);
        Pins = PinTable.Of(options.TableName, Bridged.Values, options.UnknownPods == UnknownPods.Closed);
        Collect();
    }

    /// <summary>Workloads behind ports of bridges.</summary>
    public IReadOnlyDictionary<Endpoint, BridgedWorkload> Bridged { get; }

    /// <summary>The table that pins them; null if there are none.</summary>
    public RuleTable? Pins { get; }

    /// <summary>Workloads with an address and an interface of their own, or a bridge, in order of the inventory.</summary>
    public IReadOnlyList<(Endpoint Endpoint, string Interface)> Workloads => _workloads;

    /// <summary>The same in order of their interfaces.</summary>
    public IReadOnlyList<(Endpoint Endpoint, string Interface)> ByInterface => _byInterface;

    /// <summary>Host endpoints of the node, in order of the inventory.</summary>
    public IReadOnlyList<Endpoint> HostEndpoints => _hostEndpoints;

    /// <summary>Interfaces of workloads without an address.</summary>
    public IReadOnlyCollection<string> ClosedInterfaces => _closedInterfaces;

    /// <summary>Workloads that cannot be judged as their policies say.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    /// <summary>True if another state of the cluster says the same of the node.</summary>
    public bool IsOf(Cluster cluster) =>
        ReferenceEquals(cluster.SelectableList, _cluster.SelectableList) && ReferenceEquals(cluster.NodeList, _cluster.NodeList);

    /// <summary>Takes another state of the cluster for the one it was made of.</summary>
    /// <param name="cluster">The state of now, with the same nodes.</param>
    /// <param name="changes">Endpoints that came, went or differ.</param>
    /// <returns>False if it has to be made anew.</returns>
    public bool TryFollow(Cluster cluster, EquatableArray<EndpointChange> changes)
    {
        bool isHere = false;
        foreach (EndpointChange change in changes)
        {
            isHere |= !ReferenceEquals(change.Old, change.New) && (change.Old?.Node == _nodeName || change.New?.Node == _nodeName);
        }

        // Which workload is behind which port of a bridge is for all of them to say.
        if (isHere && !_options.Bridges.IsEmpty)
        {
            return false;
        }

        _cluster = cluster;
        foreach (EndpointChange change in changes)
        {
            if (!ReferenceEquals(change.Old, change.New))
            {
                Follow(change.Old, isCome: false);
                Follow(change.New, isCome: true);
            }
        }

        if (isHere)
        {
            Collect();
        }

        return true;
    }

    private void Follow(Endpoint? endpoint, bool isCome)
    {
        if (endpoint is null)
        {
            return;
        }

        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            ref EquatableArray<RuleValue>? unknown = ref _unknown[family == IpFamily.IPv6 ? 1 : 0];
            if (_holes[family == IpFamily.IPv6 ? 1 : 0] is { } holes && holes.Change(endpoint.Addresses, isCome))
            {
                unknown = null;
            }
        }

        if (endpoint.Node == _nodeName)
        {
            int at = _here.BinarySearch(endpoint, s_byName);
            if (isCome)
            {
                _here.Insert(at < 0 ? ~at : at, endpoint);
            }
            else if (at >= 0)
            {
                _here.RemoveAt(at);
                _names.Remove(endpoint);
            }
        }
    }

    /// <summary>
    /// The node's pod ranges without addresses that somebody has: disjoint, ascending. What a known workload sends may come back to its node by another way,
    /// for example through a load balancer, and is then judged, not closed.
    /// </summary>
    public EquatableArray<RuleValue> UnknownPodRanges(IpFamily family) =>
        _unknown[family == IpFamily.IPv6 ? 1 : 0] ??= [.. (_holes[family == IpFamily.IPv6 ? 1 : 0] ??= HolesIn(family)).Rest().Select(r => new RuleValue.Addresses(r))];

    private void Collect()
    {
        _workloads.Clear();
        _hostEndpoints.Clear();
        _closedInterfaces.Clear();
        _diagnostics.Clear();
        Dictionary<string, Endpoint> owners = new(StringComparer.Ordinal);
        foreach (Endpoint endpoint in _here)
        {
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

            ref string? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, endpoint, out _);
            string name = known ??= InterfaceNames.Of(endpoint, _options.WorkloadInterfacePrefix);
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
        Sort();
    }

    // Most of them are in order already.
    private void Sort()
    {
        HashSet<Endpoint> there = new(_workloads.Count, ReferenceEqualityComparer.Instance);
        foreach ((Endpoint endpoint, _) in _workloads)
        {
            there.Add(endpoint);
        }

        _byInterface.RemoveAll(w => !there.Remove(w.Endpoint));
        List<(Endpoint Endpoint, string Interface)> come = [.. _workloads.Where(w => there.Contains(w.Endpoint))];
        if (come.Count > Few)
        {
            _byInterface.AddRange(come);
            _byInterface.Sort(s_byWay);
            return;
        }

        foreach ((Endpoint Endpoint, string Interface) workload in come)
        {
            int at = _byInterface.BinarySearch(workload, s_byWay);
            _byInterface.Insert(at < 0 ? ~at : at, workload);
        }
    }

    private void Report(DiagnosticDescriptor descriptor, string message, Endpoint endpoint) =>
        _diagnostics.Add(new Diagnostic(descriptor, message, endpoint.Source.SpanOf("metadata.name")));

    private HolesInRanges HolesIn(IpFamily family)
    {
        HolesInRanges holes = new(_node?.PodRanges ?? default, family);
        if (!holes.HasNone)
        {
            foreach (Node node in _cluster.Nodes)
            {
                holes.Change(node.Addresses, isCome: true);
            }

            foreach (Endpoint endpoint in _cluster.Endpoints)
            {
                holes.Change(endpoint.Addresses, isCome: true);
            }
        }

        return holes;
    }
}
