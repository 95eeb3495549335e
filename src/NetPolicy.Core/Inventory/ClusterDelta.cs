using NetPolicy.Collections;
using NetPolicy.Policies;

namespace NetPolicy.Inventory;

/// <summary>What differs between a cluster and the one before it. Each list names a thing once and nothing that stayed as it was.</summary>
internal sealed class ClusterDelta
{
    /// <summary>Nothing.</summary>
    public static ClusterDelta None { get; } = new();

    /// <summary>All of a cluster, as what differs from none. O(cluster).</summary>
    public static ClusterDelta Whole(Cluster cluster) => new()
    {
        Selectables = Added(cluster.SelectableList),
        HostNetworkPods = Added(cluster.HostNetworkPodList),
        Nodes = Added(cluster.NodeList),
        Services = Added(cluster.ServiceList),
        Profiles =
        [
            .. cluster.NamespaceMap.Items().Select(n => n.Value.Profile.Name)
                .Concat(cluster.AccountProfiles.Items().Select(p => p.Key))
                .Concat(cluster.WrittenProfiles.Items().Select(p => p.Key))
                .Distinct(StringComparer.Ordinal),
        ],
        SliceBackends = [.. cluster.SliceBackends.Items().Select(b => b.Key)],
        Namespaces = [.. cluster.NamespaceMap.Items().Select(n => n.Key)],
        AreNodePeersChanged = true,
        AreDomainNamesChanged = true,
        AreMembersChanged = true,
    };

    private static SlotChange<T>[] Added<T>(PersistentList<T?> list)
        where T : class => [.. list.Items().Index().Where(i => i.Item is not null).Select(i => new SlotChange<T>(i.Index, null, i.Item))];

    /// <summary>Endpoints and network sets.</summary>
    public IReadOnlyList<SlotChange<Selectable>> Selectables { get; init; } = [];

    /// <summary>Pods in their node's network.</summary>
    public IReadOnlyList<SlotChange<HostNetworkPod>> HostNetworkPods { get; init; } = [];

    /// <summary>Nodes.</summary>
    public IReadOnlyList<SlotChange<Node>> Nodes { get; init; } = [];

    /// <summary>Services.</summary>
    public IReadOnlyList<SlotChange<Service>> Services { get; init; } = [];

    /// <summary>Names of profiles that came, went, or whose labels or rules differ.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>Services whose <c>SliceBackends</c> came, went or differ.</summary>
    public IReadOnlyList<ServiceName> SliceBackends { get; init; } = [];

    /// <summary>Names of namespaces that came, went, or whose labels differ.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>True if what peers that select nodes mean may differ: labels or published addresses of any node.</summary>
    public bool AreNodePeersChanged { get; init; }

    /// <summary>True if what is known of domain names differs.</summary>
    public bool AreDomainNamesChanged { get; init; }

    /// <summary>True if some address has other members, workloads or nodes than before.</summary>
    public bool AreMembersChanged { get; init; }

    /// <summary>True if nothing differs.</summary>
    public bool IsEmpty =>
        Selectables.Count == 0 && HostNetworkPods.Count == 0 && Nodes.Count == 0 && Services.Count == 0 && Profiles.Count == 0
        && SliceBackends.Count == 0 && Namespaces.Count == 0 && !AreNodePeersChanged && !AreDomainNamesChanged && !AreMembersChanged;
}
