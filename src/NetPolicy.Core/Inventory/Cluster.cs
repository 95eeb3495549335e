using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Inventory;

/// <summary>What policies are judged against: endpoints, sets, nodes, Services and profiles, with everything resolved. Immutable.</summary>
/// <remarks>
/// Things are found by name, by address, or by their index, which is a place that a thing keeps as long as something of its name exists; places may be free.
/// Clusters made from one another share what did not change. The lists are made when they are first asked for.
/// </remarks>
public sealed class Cluster
{
    private Manifest[]? _manifests;
    private Selectable[]? _selectables;
    private Endpoint[]? _endpoints;
    private Node[]? _nodes;
    private Service[]? _services;
    private HostNetworkPod[]? _hostNetworkPods;
    private IReadOnlyDictionary<string, LabelSet>? _namespaces;

    internal Cluster()
    {
    }

    /// <summary>The documents that describe it, those of other kinds among them, in ordinal order of their identity.</summary>
    public IReadOnlyCollection<Manifest> Manifests =>
        _manifests ?? Once(ref _manifests, [.. Documents.Items().OrderBy(d => d.Key.ToString(), StringComparer.Ordinal).ThenBy(d => d.Key.Group, StringComparer.Ordinal).Select(d => d.Value)]);

    /// <summary>Endpoints and network sets in ordinal order of their names. O(n log n) for the first who asks after one came or went.</summary>
    public IReadOnlyList<Selectable> Selectables => _selectables ?? Once(ref _selectables, SelectableOrder.Of(SelectableList));

    /// <summary>Endpoints alone, in the same order.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _endpoints ?? Once(ref _endpoints, [.. Selectables.OfType<Endpoint>()]);

    /// <summary>Nodes in ordinal order of their names; those that only a pod or host endpoint names included.</summary>
    public IReadOnlyList<Node> Nodes => _nodes ?? Once(ref _nodes, [.. NodeList.Items().OfType<Node>().OrderBy(n => n.Name, StringComparer.Ordinal)]);

    /// <summary>Services in ordinal order of namespace and name.</summary>
    public IReadOnlyList<Service> Services =>
        _services ?? Once(ref _services, [.. ServiceList.Items().OfType<Service>().OrderBy(s => s.Namespace, StringComparer.Ordinal).ThenBy(s => s.Name, StringComparer.Ordinal)]);

    /// <summary>Labels of all namespaces that are declared or used.</summary>
    public IReadOnlyDictionary<string, LabelSet> Namespaces =>
        _namespaces ?? Once(ref _namespaces, new SortedDictionary<string, LabelSet>(NamespaceMap.Items().ToDictionary(n => n.Key, n => n.Value.Labels), StringComparer.Ordinal));

    /// <summary>
    /// What is known of domain names: their addresses, by the names as written, from <see cref="Manifests.Inventory.DomainNamesManifest"/> documents.
    /// Policies that allow by domain name match these addresses and no others (cluster policy specification §2.5).
    /// </summary>
    public IReadOnlyDictionary<string, EquatableArray<IpAddress>> DomainNames { get; internal init; } = new SortedDictionary<string, EquatableArray<IpAddress>>(StringComparer.Ordinal);

    /// <summary>One more than the highest index of an endpoint or network set.</summary>
    internal int SelectableSlots => SelectableList.Count;

    /// <summary>One more than the highest index of a node.</summary>
    internal int NodeSlots => NodeList.Count;

    /// <summary>One more than the highest index of a Service.</summary>
    internal int ServiceSlots => ServiceList.Count;

    /// <summary>One more than the highest index of a pod in its node's network.</summary>
    internal int HostNetworkPodSlots => HostNetworkPodList.Count;

    /// <summary>Pods in their node's network, in ordinal order of their names.</summary>
    internal IReadOnlyList<HostNetworkPod> HostNetworkPods =>
        _hostNetworkPods ?? Once(ref _hostNetworkPods, [.. HostNetworkPodList.Items().OfType<HostNetworkPod>().OrderBy(p => p.Name, StringComparer.Ordinal)]);

    /// <summary>True if there is an Ingress or a Route.</summary>
    internal bool HasIngresses { get; init; }

    /// <summary>All documents by identity.</summary>
    internal PersistentMap<ObjectId, Manifest> Documents { get; init; } = PersistentMap<ObjectId, Manifest>.Empty;

    /// <summary>Endpoints and network sets by index; null where the place is free.</summary>
    internal PersistentList<Selectable?> SelectableList { get; init; } = PersistentList<Selectable?>.Empty;

    /// <summary>The order of names; shared by clusters of the same names.</summary>
    internal NameOrder SelectableOrder { get; init; } = new();

    /// <summary>Pods in their node's network by index; null where the place is free.</summary>
    internal PersistentList<HostNetworkPod?> HostNetworkPodList { get; init; } = PersistentList<HostNetworkPod?>.Empty;

    /// <summary>Nodes by index; null where the place is free.</summary>
    internal PersistentList<Node?> NodeList { get; init; } = PersistentList<Node?>.Empty;

    /// <summary>Services by index; null where the place is free.</summary>
    internal PersistentList<Service?> ServiceList { get; init; } = PersistentList<Service?>.Empty;

    /// <summary>Indexes of endpoints and network sets by name.</summary>
    internal PersistentMap<string, int> SelectableNames { get; init; } = PersistentMap<string, int>.Empty;

    /// <summary>Indexes of pods in their node's network by name.</summary>
    internal PersistentMap<string, int> HostNetworkPodNames { get; init; } = PersistentMap<string, int>.Empty;

    /// <summary>Indexes of nodes by name.</summary>
    internal PersistentMap<string, int> NodeNames { get; init; } = PersistentMap<string, int>.Empty;

    /// <summary>Indexes of Services by name.</summary>
    internal PersistentMap<ServiceName, int> ServiceNames { get; init; } = PersistentMap<ServiceName, int>.Empty;

    /// <summary>What a rule's <c>services</c> clause means, by Service.</summary>
    internal PersistentMap<ServiceName, EquatableArray<SliceBackend>> SliceBackends { get; init; } = PersistentMap<ServiceName, EquatableArray<SliceBackend>>.Empty;

    /// <summary>Namespaces by name.</summary>
    internal PersistentMap<string, NamespaceEntry> NamespaceMap { get; init; } = PersistentMap<string, NamespaceEntry>.Empty;

    /// <summary>Profiles that somebody wrote, by name.</summary>
    internal PersistentMap<string, Profile> WrittenProfiles { get; init; } = PersistentMap<string, Profile>.Empty;

    /// <summary>Profiles of service accounts that are declared or used, by name.</summary>
    internal PersistentMap<string, BuiltInProfile> AccountProfiles { get; init; } = PersistentMap<string, BuiltInProfile>.Empty;

    /// <summary>Who has which address.</summary>
    internal MemberIndex Members { get; init; } = MemberIndex.Empty;

    /// <summary>What a dialled address and port stand for.</summary>
    internal ServiceIndex Fronts { get; init; } = ServiceIndex.Empty;

    /// <summary>The cluster that inventory documents describe; other kinds are passed over. Of two documents for one object the last is kept.</summary>
    public static Cluster Of(IEnumerable<Manifest> manifests)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        Dictionary<ObjectId, Manifest> latest = [];
        foreach (Manifest manifest in manifests)
        {
            latest[manifest.Id] = manifest;
        }

        ClusterStore store = new();
        store.Apply([.. latest.Select(d => new DocumentChange(d.Key, null, d.Value))]);
        return store.Current;
    }

    /// <summary>The endpoint or network set with this index. O(1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public Selectable SelectableAt(int index) => SelectableList[index] ?? throw Free(index);

    /// <summary>The node with this index. O(1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public Node NodeAt(int index) => NodeList[index] ?? throw Free(index);

    /// <summary>The Service with this index. O(1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public Service ServiceAt(int index) => ServiceList[index] ?? throw Free(index);

    /// <summary>The endpoint addressed as <paramref name="name"/>; null if there is none.</summary>
    public Endpoint? FindEndpoint(string name) => FindSelectable(name) as Endpoint;

    /// <summary>The node called <paramref name="name"/>; null if there is none.</summary>
    public Node? FindNode(string name) => NodeNames.TryGetValue(name, out int index) ? NodeList[index] : null;

    /// <summary>The Service; null if there is none.</summary>
    public Service? FindService(string @namespace, string name) => ServiceNames.TryGetValue(new ServiceName(@namespace, name), out int index) ? ServiceList[index] : null;

    /// <summary>The profile called <paramref name="name"/>; null if it is missing, which denies (Calico specification §1.9).</summary>
    public Profile? FindProfile(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        object? source = FindProfileSource(name);
        return source as Profile ?? (source as BuiltInProfile)?.Profile;
    }

    /// <summary>A <see cref="Profile"/> that somebody wrote, or else a <see cref="BuiltInProfile"/>; null if there is none. The same while the profile is.</summary>
    internal object? FindProfileSource(string name) =>
        WrittenProfiles.TryGetValue(name, out Profile? written) ? written
            : AccountProfiles.TryGetValue(name, out BuiltInProfile? account) ? account
            : name.StartsWith("kns.", StringComparison.Ordinal) && NamespaceMap.TryGetValue(name[4..], out NamespaceEntry? entry) ? entry.Profile
            : name == BuiltInProfile.DefaultAllow.Name ? BuiltInProfile.DefaultAllow
            : null;

    /// <summary>The pod in its node's network with this index. O(1).</summary>
    internal HostNetworkPod HostNetworkPodAt(int index) => HostNetworkPodList[index] ?? throw Free(index);

    /// <summary>The endpoint or network set of this name; null if there is none.</summary>
    internal Selectable? FindSelectable(string name) => SelectableNames.TryGetValue(name, out int index) ? SelectableList[index] : null;

    internal HostNetworkPod? FindHostNetworkPod(string name) => HostNetworkPodNames.TryGetValue(name, out int index) ? HostNetworkPodList[index] : null;

    /// <summary>Which host endpoint governs which interface of the node with this index. O(1).</summary>
    internal HostInterfaces InterfacesOf(int node) => NodeAt(node).Governors;

    private static T Once<T>(ref T? place, T made)
        where T : class => Interlocked.CompareExchange(ref place, made, null) ?? made;

    private static ArgumentOutOfRangeException Free(int index) => new(nameof(index), index, "nothing has this index");
}
