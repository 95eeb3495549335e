using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Inventory;

/// <summary>What policies are judged against: endpoints, sets, nodes, Services and profiles, with everything resolved. Immutable.</summary>
public sealed class Cluster
{
    private readonly Dictionary<string, Endpoint> _endpointsByName;
    private readonly Dictionary<string, HostNetworkPod> _hostNetworkPods;
    private readonly Dictionary<string, Node> _nodesByName;
    private readonly Dictionary<(string, string), Service> _servicesByName;
    private readonly Dictionary<string, Profile> _profiles;

    internal Cluster(ClusterBuilder builder)
    {
        Manifests = builder.Manifests;
        Selectables = builder.Selectables;
        Nodes = builder.Nodes;
        Services = builder.Services;
        Namespaces = builder.Namespaces;
        SliceBackends = builder.SliceBackends;
        Endpoints = [.. Selectables.OfType<Endpoint>()];
        _profiles = builder.Profiles;
        DomainNames = builder.DomainNames;
        HostNetworkPods = builder.HostNetworkPods;
        _hostNetworkPods = HostNetworkPods.ToDictionary(p => p.Name, StringComparer.Ordinal);
        _endpointsByName = Endpoints.ToDictionary(e => e.Name, StringComparer.Ordinal);
        _nodesByName = Nodes.ToDictionary(n => n.Name, StringComparer.Ordinal);
        _servicesByName = Services.ToDictionary(s => (s.Namespace, s.Name));
    }

    /// <summary>The documents that describe it, in the order given; those of other kinds among them.</summary>
    public IReadOnlyCollection<Manifest> Manifests { get; }

    /// <summary>Endpoints and network sets by their index, in ordinal order of their names.</summary>
    public IReadOnlyList<Selectable> Selectables { get; }

    /// <summary>Endpoints alone, in the same order.</summary>
    public IReadOnlyList<Endpoint> Endpoints { get; }

    /// <summary>Nodes in ordinal order of their names; those that only a pod or host endpoint names included.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Services in ordinal order of namespace and name.</summary>
    public IReadOnlyList<Service> Services { get; }

    /// <summary>Labels of all namespaces that are declared or used.</summary>
    public IReadOnlyDictionary<string, LabelSet> Namespaces { get; }

    /// <summary>
    /// What is known of domain names: their addresses, by the names as written, from <see cref="Manifests.Inventory.DomainNamesManifest"/> documents.
    /// Policies that allow by domain name match these addresses and no others (cluster policy specification §2.5).
    /// </summary>
    public IReadOnlyDictionary<string, EquatableArray<IpAddress>> DomainNames { get; }

    /// <summary>Pods in their node's network by their index, in ordinal order of their names.</summary>
    internal IReadOnlyList<HostNetworkPod> HostNetworkPods { get; }

    /// <summary>What a rule's <c>services</c> clause means, by Service.</summary>
    internal IReadOnlyDictionary<ServiceName, EquatableArray<SliceBackend>> SliceBackends { get; }

    /// <summary>The cluster that inventory documents describe; other kinds are passed over.</summary>
    public static Cluster Of(IEnumerable<Manifest> manifests) => new(new ClusterBuilder(manifests));

    /// <summary>The endpoint addressed as <paramref name="name"/>; null if there is none.</summary>
    public Endpoint? FindEndpoint(string name) => _endpointsByName.GetValueOrDefault(name);

    /// <summary>The node called <paramref name="name"/>; null if there is none.</summary>
    public Node? FindNode(string name) => _nodesByName.GetValueOrDefault(name);

    /// <summary>The Service; null if there is none.</summary>
    public Service? FindService(string @namespace, string name) => _servicesByName.GetValueOrDefault((@namespace, name));

    /// <summary>The profile called <paramref name="name"/>; null if it is missing, which denies (Calico specification §1.9).</summary>
    public Profile? FindProfile(string name) => _profiles.GetValueOrDefault(name);

    internal HostNetworkPod? FindHostNetworkPod(string name) => _hostNetworkPods.GetValueOrDefault(name);
}

/// <summary>A pod in its node's network: traffic of its is the node's.</summary>
internal sealed record HostNetworkPod(int Index, string Name, string? Node, EquatableArray<IpAddress> Addresses, PodManifest Source);

/// <summary>One member of a rule's <c>services</c> clause; without protocol and port it counts as a source only.</summary>
internal readonly record struct SliceBackend(int Endpoint, IpAddress Address, Ports.Protocol Protocol, ushort Port);
