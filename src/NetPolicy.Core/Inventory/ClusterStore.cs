using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Inventory;

/// <summary>Follows inventory documents and yields clusters that share what did not change. One writer at a time; clusters are read from any thread.</summary>
internal sealed class ClusterStore
{
    private readonly PersistentMap<ObjectId, Manifest>.Builder _documents = PersistentMap<ObjectId, Manifest>.Empty.ToBuilder();
    private readonly Dictionary<(string, string), int> _slots = [];
    private readonly Dictionary<string, SortedSet<int>> _free = [];
    private readonly Dictionary<string, int> _used = [];

    public ClusterStore()
    {
        Current = Build();
    }

    /// <summary>The cluster of the documents taken so far.</summary>
    public Cluster Current { get; private set; }

    /// <summary>The document known under <paramref name="id"/>; null if there is none.</summary>
    public Manifest? Find(ObjectId id) => _documents.GetValueOrDefault(id);

    /// <summary>Takes changes as one step and says what differs. Each identity may be named once.</summary>
    public ClusterDelta Apply(IReadOnlyCollection<DocumentChange> changes)
    {
        foreach (DocumentChange change in changes)
        {
            if (change.New is { } manifest)
            {
                _documents.Set(change.Id, manifest);
            }
            else
            {
                _documents.Remove(change.Id);
            }
        }

        Cluster before = Current;
        Current = Build();
        return new ClusterDelta
        {
            Selectables = Differences(before.SelectableList, Current.SelectableList),
            HostNetworkPods = Differences(before.HostNetworkPodList, Current.HostNetworkPodList),
            Nodes = Differences(before.NodeList, Current.NodeList),
            Services = Differences(before.ServiceList, Current.ServiceList),
            Profiles = [.. Names(before).Concat(Names(Current)).Distinct()],
            SliceBackends = [.. before.SliceBackends.Items().Concat(Current.SliceBackends.Items()).Select(b => b.Key).Distinct()],
            Namespaces = [.. before.Namespaces.Keys.Concat(Current.Namespaces.Keys).Distinct()],
            AreNodePeersChanged = true,
            AreDomainNamesChanged = true,
            AreMembersChanged = true,
        };
    }

    private static IEnumerable<string> Names(Cluster cluster) =>
        cluster.WrittenProfiles.Items().Select(p => p.Key).Concat(cluster.AccountProfiles.Items().Select(p => p.Key)).Concat(cluster.Namespaces.Keys.Select(n => "kns." + n));

    private static SlotChange<T>[] Differences<T>(PersistentList<T?> before, PersistentList<T?> now)
        where T : class
    {
        List<SlotChange<T>> changes = [];
        for (int i = 0; i < Math.Max(before.Count, now.Count); i++)
        {
            T? old = i < before.Count ? before[i] : null, @new = i < now.Count ? now[i] : null;
            if (!ReferenceEquals(old, @new))
            {
                changes.Add(new SlotChange<T>(i, old, @new));
            }
        }

        return [.. changes];
    }

    private Cluster Build()
    {
        HashSet<(string, string)> seen = [];
        int Slot(string kind, string name)
        {
            seen.Add((kind, name));
            if (!_slots.TryGetValue((kind, name), out int slot))
            {
                SortedSet<int> free = _free.TryGetValue(kind, out SortedSet<int>? known) ? known : _free[kind] = [];
                slot = free.Count > 0 ? free.Min : _used[kind] = _used.GetValueOrDefault(kind) + 1;
                slot = free.Remove(slot) ? slot : slot - 1;
                _slots[(kind, name)] = slot;
            }

            return slot;
        }

        PersistentMap<ObjectId, Manifest> documents = _documents.Freeze();
        ClusterBuilder builder = new(documents.Items().OrderBy(d => d.Key.ToString(), StringComparer.Ordinal).ThenBy(d => d.Key.Group, StringComparer.Ordinal).Select(d => d.Value), Slot);
        foreach ((string kind, string name) in _slots.Keys.Where(k => !seen.Contains(k)).ToArray())
        {
            _slots.Remove((kind, name), out int slot);
            _free[kind].Add(slot);
        }

        return new Cluster
        {
            Documents = documents,
            SelectableList = List(builder.Selectables, s => s.Index),
            SelectableOrder = new NameOrder(),
            HostNetworkPodList = List(builder.HostNetworkPods, p => p.Index),
            NodeList = List(builder.Nodes, n => n.Index),
            ServiceList = List(builder.Services, s => s.Index),
            SelectableNames = Map(builder.Selectables, s => s.Name, s => s.Index),
            HostNetworkPodNames = Map(builder.HostNetworkPods, p => p.Name, p => p.Index),
            NodeNames = Map(builder.Nodes, n => n.Name, n => n.Index),
            ServiceNames = Map(builder.Services, s => new ServiceName(s.Namespace, s.Name), s => s.Index),
            SliceBackends = Map(builder.SliceBackends, b => b.Key, b => b.Value),
            NamespaceMap = Map(builder.Namespaces, n => n.Key, n => new NamespaceEntry(n.Key, n.Value, builder.BuiltIn["kns." + n.Key])),
            WrittenProfiles = Map(builder.WrittenProfiles, p => p.Key, p => p.Value),
            AccountProfiles = Map(builder.BuiltIn.Where(p => p.Key.StartsWith("ksa.", StringComparison.Ordinal)), p => p.Key, p => p.Value),
            DomainNames = builder.DomainNames,
            Members = new MemberIndex(builder.Selectables, builder.Nodes),
            Fronts = new ServiceIndex(builder.Services),
        };
    }

    private static PersistentList<T?> List<T>(IReadOnlyList<T> items, Func<T, int> index)
        where T : class
    {
        PersistentList<T?>.Builder list = PersistentList<T?>.Empty.ToBuilder();
        foreach (T item in items)
        {
            while (list.Count <= index(item))
            {
                list.Add(null);
            }

            list[index(item)] = item;
        }

        return list.Freeze();
    }

    private static PersistentMap<TKey, TValue> Map<T, TKey, TValue>(IEnumerable<T> items, Func<T, TKey> key, Func<T, TValue> value)
        where TKey : notnull
    {
        PersistentMap<TKey, TValue>.Builder map = PersistentMap<TKey, TValue>.Empty.ToBuilder();
        foreach (T item in items)
        {
            map.Set(key(item), value(item));
        }

        return map.Freeze();
    }
}
