using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Inventory;

/// <summary>Endpoints, network sets and pods in their node's network: who has which name, and what follows from that.</summary>
internal sealed partial class ClusterStore
{
    private readonly SlotTable<string, Selectable> _members = new();
    private readonly SlotTable<string, HostNetworkPod> _hostNetworkPods = new();
    private readonly MemberTable _addresses;

    // All documents of a name that several claim, in the order in which they are asked.
    private readonly Dictionary<string, List<Manifest>> _rivals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _disputed = new(StringComparer.Ordinal);

    private void Claim(Manifest? old, Manifest? now)
    {
        // A pod keeps its name; of other kinds only a workload endpoint can be renamed.
        string? oldName = old is null ? null : DocumentFacts.NameOf(old);
        string? newName = now is null ? null : old is PodManifest ? oldName : DocumentFacts.NameOf(now);
        if (oldName == newName)
        {
            if (oldName is not null)
            {
                Claim(oldName, old, now);
            }

            return;
        }

        if (oldName is not null)
        {
            Claim(oldName, old, null);
        }

        if (newName is not null)
        {
            Claim(newName, null, now);
        }
    }

    private void Claim(string name, Manifest? old, Manifest? now)
    {
        if (_rivals.Count > 0 && _rivals.TryGetValue(name, out List<Manifest>? claims))
        {
            claims.RemoveAll(c => ReferenceEquals(c, old));
            if (now is not null)
            {
                claims.Add(now);
                claims.Sort(CompareClaims);
            }

            _disputed.Add(name);
            return;
        }

        if (old is null && (_members.Find(name)?.Source ?? (_hostNetworkPods.List.Count > 0 ? _hostNetworkPods.Find(name)?.Source : null)) is { } holder)
        {
            _rivals[name] = [holder, now!];
            _rivals[name].Sort(CompareClaims);
            _disputed.Add(name);
            return;
        }

        Occupy(name, now, null);
    }

    // When all claims are known: what is claimed on the way may belong to a namespace that goes.
    private void Decide()
    {
        foreach (string name in _disputed)
        {
            List<Manifest> claims = _rivals[name];
            if (claims.Count < 2)
            {
                _rivals.Remove(name);
            }

            Occupy(name, claims);
        }

        _disputed.Clear();
    }

    // A pod before a workload endpoint before anything else; then by the text of the identity.
    private static int CompareClaims(Manifest one, Manifest other)
    {
        int order = Rank(one).CompareTo(Rank(other));
        if (order == 0)
        {
            order = string.CompareOrdinal(one.Id.ToString(), other.Id.ToString());
        }

        return order != 0 ? order : string.CompareOrdinal(one.Id.Group, other.Id.Group);

        static int Rank(Manifest manifest) => manifest switch
        {
            PodManifest => 0,
            WorkloadEndpointManifest => 1,
            _ => 2,
        };
    }

    // Of a pod and its workload endpoint the latter says what it is, the former whether it still runs.
    private void Occupy(string name, List<Manifest> claims)
    {
        if (claims.Count > 0 && claims[0] is PodManifest { Spec.HostNetwork: false } pod && claims.OfType<WorkloadEndpointManifest>().FirstOrDefault() is { } workload)
        {
            Occupy(name, workload, pod);
        }
        else
        {
            Occupy(name, claims.Count > 0 ? claims[0] : null, null);
        }
    }

    private void Occupy(string name, Manifest? document, PodManifest? companion)
    {
        if (document is PodManifest { Spec.HostNetwork: true } host)
        {
            _members.Remove(name);
            int place = _hostNetworkPods.Place(name);
            _hostNetworkPods.Set(place, new HostNetworkPod(
                place,
                name,
                string.IsNullOrEmpty(host.Spec.NodeName) ? null : host.Spec.NodeName,
                DocumentFacts.IsFinished(host) ? default : DocumentFacts.Addresses(host.Addresses),
                host));
            return;
        }

        if (_hostNetworkPods.List.Count > 0)
        {
            _hostNetworkPods.Remove(name);
        }

        if (document is null)
        {
            _members.Remove(name);
            return;
        }

        int slot = _members.Place(name);
        Selectable? before = _members[slot];
        Selectable member = Make(before?.Name ?? name, document, companion);
        if (before is not null && ReferenceEquals(before.Source, document) && ReferenceEquals((before as Endpoint)?.Companion, companion) && ReferenceEquals(before.Shape, member.Shape))
        {
            return;
        }

        member.Index = slot;
        member.Alone = before?.Alone ?? [slot];
        _members.Set(slot, member);
    }

    private Selectable Make(string name, Manifest document, PodManifest? companion) => document switch
    {
        PodManifest pod => new Endpoint(pod, ShapeOf(
            NamespaceOf(pod.EffectiveNamespace!), EndpointKind.Pod, DocumentFacts.LabelsOf(pod), DocumentFacts.AccountOf(pod), DocumentFacts.PodPorts(pod.Spec.Ports)))
        {
            Name = name,
            Node = string.IsNullOrEmpty(pod.Spec.NodeName) ? null : pod.Spec.NodeName,
            Addresses = DocumentFacts.IsFinished(pod) ? default : DocumentFacts.Addresses(pod.Addresses),
        },
        WorkloadManifest workload => new Endpoint(workload, ShapeOf(
            NamespaceOf(workload.EffectiveNamespace!),
            EndpointKind.Workload,
            new LabelSet(workload.TemplateLabels ?? default),
            DocumentFacts.AccountOf(workload),
            DocumentFacts.PodPorts(workload.Template.Ports)))
        {
            Name = name,
            Node = string.IsNullOrEmpty(workload.Template.NodeName) ? null : workload.Template.NodeName,
            Addresses = default,
        },
        WorkloadEndpointManifest workload => Make(name, workload, workload.Spec ?? new WorkloadEndpointSpec(), companion),
        HostEndpointManifest host => Make(name, host, host.Spec ?? new HostEndpointSpec()),
        NetworkSetManifest set => Make(name, set, set.EffectiveNamespace, set.Nets ?? default),
        GlobalNetworkSetManifest set => Make(name, set, null, set.Nets ?? default),
        _ => throw new ArgumentException($"`{document.Kind}` is neither an endpoint nor a set", nameof(document)),
    };

    private Endpoint Make(string name, WorkloadEndpointManifest manifest, WorkloadEndpointSpec spec, PodManifest? companion)
    {
        ShapeKey key = new(
            DocumentFacts.IsKubernetes(manifest) ? EndpointKind.Pod : EndpointKind.OtherWorkload,
            manifest.EffectiveNamespace,
            DocumentFacts.LabelsOf(manifest),
            spec.Orchestrator ?? "k8s",
            DocumentFacts.AccountOf(manifest),
            spec.Profiles ?? default,
            DocumentFacts.EndpointPorts(spec.Ports ?? default));
        return new Endpoint(manifest, ShapeOf(key))
        {
            Name = name,
            Node = string.IsNullOrEmpty(spec.Node) ? null : spec.Node,
            Addresses = companion is not null && DocumentFacts.IsFinished(companion) ? default : DocumentFacts.Addresses(spec.IpNetworks ?? default),
            InterfaceName = spec.InterfaceName,
            Companion = companion,
        };
    }

    private Endpoint Make(string name, HostEndpointManifest manifest, HostEndpointSpec spec)
    {
        ShapeKey key = new(
            EndpointKind.HostEndpoint, null, DocumentFacts.LabelsOf(manifest), null, null, spec.Profiles ?? default, DocumentFacts.EndpointPorts(spec.Ports ?? default));
        return new Endpoint(manifest, ShapeOf(key))
        {
            Name = name,
            Node = spec.Node,
            Addresses = DocumentFacts.Addresses(spec.ExpectedIPs ?? default),
            InterfaceName = string.IsNullOrEmpty(spec.InterfaceName) ? null : spec.InterfaceName,
        };
    }

    private NetworkSet Make(string name, Manifest manifest, string? @namespace, EquatableArray<string> nets) =>
        new(manifest, ShapeOf(new ShapeKey(null, @namespace, DocumentFacts.LabelsOf(manifest), null, null, default, default)))
        {
            Name = name,
            Nets = [.. nets.Select(DocumentFacts.ToPrefix).OfType<IpPrefix>()],
        };

    private void FollowMembers()
    {
        bool hasSets = false;
        foreach (SlotChange<Selectable> change in _members.Changes)
        {
            Selectable? old = change.Old, now = _members[change.Index];
            if (ReferenceEquals(old, now))
            {
                continue;
            }

            hasSets |= old is NetworkSet || now is NetworkSet;
            if (now is not null)
            {
                ShapeTable.Take(now.Shape);
            }

            if (old is not null)
            {
                _shapes.Release(old.Shape);
            }

            FollowNamespace(change.Index, old, now);
            Endpoint? oldEnd = old as Endpoint, newEnd = now as Endpoint;
            if (oldEnd?.Node != newEnd?.Node)
            {
                Use(oldEnd?.Node, -1);
                Use(newEnd?.Node, 1);
            }

            if (oldEnd is { IsWorkload: false } || newEnd is { IsWorkload: false })
            {
                FollowHostEndpoint(change.Index, oldEnd, newEnd);
            }

            FollowProfiles(change.Index, oldEnd, newEnd);
            ListServicesOf(oldEnd, newEnd);
        }

        if (hasSets)
        {
            FollowSets();
        }

        foreach (SlotChange<Selectable> change in _members.Changes)
        {
            if (change.Old is Endpoint { Addresses.IsEmpty: false } old)
            {
                EquatableArray<IpAddress> left = _members[change.Index] is Endpoint now ? now.Addresses : default;
                foreach (IpAddress address in old.Addresses)
                {
                    if (!left.AsSpan().Contains(address))
                    {
                        _addresses.RemoveEndpoint(address, change.Index);
                    }
                }
            }
        }

        foreach (SlotChange<Selectable> change in _members.Changes)
        {
            if (_members[change.Index] is Endpoint { Addresses.IsEmpty: false } now && !ReferenceEquals(now, change.Old))
            {
                EquatableArray<IpAddress> had = change.Old is Endpoint old ? old.Addresses : default;
                foreach (IpAddress address in now.Addresses)
                {
                    if (!had.AsSpan().Contains(address))
                    {
                        _addresses.AddEndpoint(address, change.Index);
                    }
                }
            }
        }
    }

    private void FollowNamespace(int slot, Selectable? old, Selectable? now)
    {
        if (old?.Namespace == now?.Namespace)
        {
            return;
        }

        if (old?.Namespace is { } left)
        {
            NamespaceOf(left).Members.Remove(slot);
        }

        if (now?.Namespace is { } entered)
        {
            NamespaceOf(entered).Members.Add(slot);
        }
    }

    private void FollowProfiles(int slot, Endpoint? old, Endpoint? now)
    {
        EquatableArray<string> left = ListsProfiles(old) ? old!.Profiles : default, entered = ListsProfiles(now) ? now!.Profiles : default;
        if (left == entered)
        {
            return;
        }

        foreach (string profile in left)
        {
            if (_profileUsers.TryGetValue(profile, out HashSet<int>? users) && users.Remove(slot) && users.Count == 0)
            {
                _profileUsers.Remove(profile);
            }
        }

        foreach (string profile in entered)
        {
            if (!_profileUsers.TryGetValue(profile, out HashSet<int>? users))
            {
                _profileUsers[profile] = users = [];
            }

            users.Add(slot);
        }

        static bool ListsProfiles(Endpoint? endpoint) => endpoint?.Source is WorkloadEndpointManifest or HostEndpointManifest;
    }

    private void FollowSets()
    {
        foreach (SlotChange<Selectable> change in _members.Changes)
        {
            if (change.Old is NetworkSet old && !(_members[change.Index] is NetworkSet now && now.Nets == old.Nets))
            {
                foreach (IpPrefix net in old.Nets.Except(((_members[change.Index] as NetworkSet)?.Nets ?? default).AsEnumerable()))
                {
                    _addresses.RemoveBlock(net, change.Index);
                }
            }
        }

        foreach (SlotChange<Selectable> change in _members.Changes)
        {
            if (_members[change.Index] is NetworkSet now && !(change.Old is NetworkSet old && now.Nets == old.Nets))
            {
                foreach (IpPrefix net in now.Nets.Except(((change.Old as NetworkSet)?.Nets ?? default).AsEnumerable()))
                {
                    _addresses.AddBlock(net, change.Index);
                }
            }
        }

        _addresses.Spread();
    }

    private void FollowHostNetworkPods()
    {
        foreach (SlotChange<HostNetworkPod> change in _hostNetworkPods.Changes)
        {
            HostNetworkPod? old = change.Old, now = _hostNetworkPods[change.Index];
            if (ReferenceEquals(old, now))
            {
                continue;
            }

            if (old is null || now is null)
            {
                NamespaceState space = NamespaceOf((old ?? now)!.Source.EffectiveNamespace!);
                if (now is null)
                {
                    space.HostNetworkPods.Remove(change.Index);
                }
                else
                {
                    space.HostNetworkPods.Add(change.Index);
                }
            }

            if (old?.Node != now?.Node)
            {
                Use(old?.Node, -1);
                Use(now?.Node, 1);
                MoveHostNetworkPod(change.Index, old?.Node, now?.Node);
            }
            else if (now?.Node is { } node && old!.Addresses != now.Addresses)
            {
                List(NodeOf(node));
            }

            ListServicesOf(old?.Source, now?.Source);
        }
    }
}
