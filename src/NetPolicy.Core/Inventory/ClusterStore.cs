using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Inventory;

/// <summary>
/// Follows inventory documents and yields clusters that share what did not change. A cluster is a function of the current documents, places aside.
/// One writer at a time; clusters are read from any thread.
/// </summary>
/// <remarks>
/// A batch goes through the steps in the order of what depends on what: documents, namespaces and profiles, endpoints and sets, addresses, nodes, Services.
/// Each step visits what the ones before it listed and lists for those after it, so that a batch costs what it reaches.
/// </remarks>
internal sealed partial class ClusterStore
{
    private readonly PersistentMap<ObjectId, Manifest>.Builder _documents = PersistentMap<ObjectId, Manifest>.Empty.ToBuilder();
    private readonly List<(Manifest? Old, Manifest? New)> _batch = [];
    private int _ingresses;
    private readonly SortedDictionary<string, DomainNamesManifest> _domainDocuments = new(StringComparer.Ordinal);
    private SortedDictionary<string, EquatableArray<IpAddress>> _domainNames = new(StringComparer.Ordinal);
    private bool _areDomainsListed;

    public ClusterStore()
    {
        _addresses = new MemberTable(_members.List, _nodes.List) { WorkloadsChanged = ListWatchers };
        _fronts = new FrontTable(_services.List);
    }

    /// <summary>The cluster of the documents taken so far.</summary>
    public Cluster Current { get; private set; } = new();

    /// <summary>The document known under <paramref name="id"/>; null if there is none.</summary>
    public Manifest? Find(ObjectId id) => _documents.GetValueOrDefault(id);

    /// <summary>
    /// Takes changes as one step and says what differs. O(what the changes reach). What is replaced or removed is what the store knows under the identity,
    /// whatever <see cref="DocumentChange.Old"/> says.
    /// </summary>
    public ClusterDelta Apply(IReadOnlyCollection<DocumentChange> changes)
    {
        if (_documents.Count == 0)
        {
            Prepare(changes);
        }

        foreach (DocumentChange change in changes)
        {
            Take(change);
        }

        ResolveNamespaces();
        foreach ((Manifest? old, Manifest? now) in _batch)
        {
            Claim(old, now);
        }

        Decide();
        FollowMembers();
        FollowHostNetworkPods();
        ResolveNodes();
        ResolveServices();
        return Publish();
    }

    private void Prepare(IReadOnlyCollection<DocumentChange> changes)
    {
        int members = 0, blocks = 0;
        foreach (DocumentChange change in changes)
        {
            members += change.New is PodManifest or WorkloadEndpointManifest or WorkloadManifest ? 1 : 0;
            blocks += ((change.New as GlobalNetworkSetManifest)?.Nets ?? (change.New as NetworkSetManifest)?.Nets ?? default).Count;
        }

        _documents.EnsureCapacity(changes.Count);
        _members.EnsureCapacity(members);
        _addresses.EnsureCapacity(members, blocks);
        _batch.EnsureCapacity(changes.Count);
    }

    private void Take(in DocumentChange change)
    {
        Manifest? old = _documents.GetValueOrDefault(change.Id), now = change.New;
        if (ReferenceEquals(old, now))
        {
            return;
        }

        _ = now is null ? _documents.Remove(change.Id) : _documents.Set(change.Id, now);
        _batch.Add((old, now));
        CountUses(old, now);
        switch (now ?? old)
        {
            case NamespaceManifest manifest:
                NamespaceState space = NamespaceOf(manifest.Metadata.Name ?? "");
                space.Declared = now as NamespaceManifest;
                List(space);
                break;
            case ServiceAccountManifest manifest:
                NamespaceState of = NamespaceOf(manifest.EffectiveNamespace!);
                AccountState account = AccountOf(of, manifest.Metadata.Name ?? "");
                account.Declared = now as ServiceAccountManifest;
                List(of, account);
                break;
            case ProfileManifest manifest:
                SetProfile(manifest.Metadata.Name ?? "", now as ProfileManifest);
                break;
            case NodeManifest manifest:
                NodeState node = NodeOf(manifest.Metadata.Name ?? "");
                node.Declared = now as NodeManifest;
                List(node);
                break;
            case FelixConfigurationManifest manifest:
                SetFelix(manifest.Metadata.Name, now as FelixConfigurationManifest);
                break;
            case DomainNamesManifest:
                if (now is DomainNamesManifest domains)
                {
                    _domainDocuments[change.Id.ToString()] = domains;
                }
                else
                {
                    _domainDocuments.Remove(change.Id.ToString());
                }

                _areDomainsListed = true;
                break;
            case IngressManifest:
                _ingresses += (now is null ? 0 : 1) - (old is null ? 0 : 1);
                break;
            case ServiceManifest manifest:
                ServiceState service = ServiceOf(new ServiceName(manifest.EffectiveNamespace!, manifest.Metadata.Name ?? ""));
                service.Declared = now as ServiceManifest;
                List(service);
                break;
            case EndpointSliceManifest:
                SetSlice(old as EndpointSliceManifest, now as EndpointSliceManifest);
                break;
            default:
                break;
        }
    }

    private ClusterDelta Publish()
    {
        Cluster before = Current;
        bool areDomainsChanged = _areDomainsListed && ResolveDomainNames();
        SlotChange<Selectable>[] members = _members.Settle();
        ClusterDelta delta = new()
        {
            Selectables = members,
            HostNetworkPods = _hostNetworkPods.Settle(),
            Nodes = _nodes.Settle(),
            Services = _services.Settle(),
            Profiles = [.. _changedProfiles],
            SliceBackends = [.. _changedBackends],
            Namespaces = [.. _changedNamespaces],
            AreNodePeersChanged = _areNodePeersChanged,
            AreDomainNamesChanged = areDomainsChanged,
            AreMembersChanged = !ReferenceEquals(before.Members, _addresses.Freeze()),
        };
        Settle();
        Current = new Cluster
        {
            Documents = _documents.Freeze(),
            HasIngresses = _ingresses > 0,
            DomainNames = _domainNames,
            SelectableList = _members.List.Freeze(),
            SelectableOrder = _members.AreNamesChanged ? new NameOrder() : before.SelectableOrder,
            HostNetworkPodList = _hostNetworkPods.List.Freeze(),
            NodeList = _nodes.List.Freeze(),
            ServiceList = _services.List.Freeze(),
            SelectableNames = _members.Names.Freeze(),
            HostNetworkPodNames = _hostNetworkPods.Names.Freeze(),
            NodeNames = _nodes.Names.Freeze(),
            ServiceNames = _services.Names.Freeze(),
            SliceBackends = _sliceBackends.Freeze(),
            NamespaceMap = _entries.Freeze(),
            WrittenProfiles = _writtenProfiles.Freeze(),
            AccountProfiles = _accountProfiles.Freeze(),
            Members = _addresses.Freeze(),
            Fronts = _fronts.Freeze(),
        };
        return delta;
    }

    private void Settle()
    {
        _batch.Clear();
        if (_batch.Capacity > 1024)
        {
            _batch.Capacity = 0;
        }

        _changedProfiles.Clear();
        _changedNamespaces.Clear();
        _changedBackends.Clear();
        _areNodePeersChanged = false;
        SettleNamespaces();
        _shapes.Settle();
    }

    // Several documents add up.
    private bool ResolveDomainNames()
    {
        _areDomainsListed = false;
        SortedDictionary<string, EquatableArray<IpAddress>> names = new(StringComparer.Ordinal);
        foreach ((string name, EquatableArray<string> addresses) in _domainDocuments.Values.SelectMany(m => m.Names))
        {
            names[name] = [.. names.GetValueOrDefault(name).Concat(DocumentFacts.Addresses(addresses)).Distinct()];
        }

        if (names.SequenceEqual(_domainNames))
        {
            return false;
        }

        _domainNames = names;
        return true;
    }
}
