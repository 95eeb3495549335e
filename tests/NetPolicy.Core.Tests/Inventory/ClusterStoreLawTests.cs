using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;
using Xunit;
using Xunit.Sdk;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>A store that followed changes says what a fresh look at the documents says, names exactly what differs, and leaves what it said before.</summary>
public sealed class ClusterStoreLawTests
{
    private const int Batches = 4;

    [Fact]
    public void A_store_after_any_changes_is_that_of_the_current_documents_and_its_delta_is_what_differs()
    {
        Coverage coverage = new(
            ("members", 60), ("shared names", 20), ("reused places", 20), ("host pods", 20), ("nodes", 40), ("services", 40), ("slices", 10), ("profiles", 20),
            ("namespaces", 20), ("domains", 2), ("kept members", 60), ("blocks", 20));
        Law.ForAll(Arb.From(Gen.Choose(0, int.MaxValue).Select(seed => (ulong)seed)), coverage, seed =>
        {
            try
            {
                Follow(seed, coverage);
                return null;
            }
            catch (XunitException broken)
            {
                return broken.Message;
            }
        });
    }

    [Fact]
    public void Clusters_that_nobody_holds_are_collected_and_places_are_used_again()
    {
        ClusterStore store = new();
        PodManifest[] pods = [.. Enumerable.Range(0, 3000).Select(i => Pod($"p{i}", i, "a"))];
        store.Apply([.. pods.Select(p => new DocumentChange(p.Id, null, p))]);
        WeakReference old = Hold(store);
        Churn(store, pods, 1);
        Churn(store, pods, 4);
        GC.Collect();
        Assert.False(old.IsAlive);
        Assert.Equal(3000, store.Current.SelectableSlots);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Hold(ClusterStore store) => new(store.Current);

    // Relabels, renames and moves every pod.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Churn(ClusterStore store, PodManifest[] pods, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < pods.Length; i++)
            {
                PodManifest next = Pod($"p{i}-{round}", i + round, $"label {i % 50} {round}");
                store.Apply([new DocumentChange(pods[i].Id, pods[i], null)]);
                store.Apply([new DocumentChange(next.Id, null, next)]);
                pods[i] = next;
            }
        }
    }

    private static PodManifest Pod(string name, int address, string label) => new()
    {
        Metadata = new ObjectMetadata { Name = name, Namespace = $"n{address % 97}", Labels = new EquatableMap<string>([new("app", label)]) },
        Addresses = [IpAddress.FromIPv4(0x0A000000u + (uint)address).ToString()],
        Phase = "Running",
        Spec = new PodSpec { NodeName = $"node-{address % 31}", ServiceAccountName = $"s{address % 5}" },
    };

    private static void Follow(ulong seed, Coverage coverage)
    {
        Dice dice = new(seed);
        Manifest[] pool = [.. Enumerable.Range(0, 3).SelectMany(i => Any.MakePlain((seed * 8) + (ulong)i, WorldShape.All, 0).World.Manifests), .. Extras(dice)];
        ClusterStore store = new();
        Dictionary<ObjectId, Manifest> documents = [];
        List<(Cluster Cluster, string Text, IpAddress[] Probes, string[] Profiles)> past = [];
        for (int batch = 0; batch < Batches; batch++)
        {
            DocumentChange[] changes = Changes(dice, pool, documents, batch == 0);
            Cluster before = store.Current;
            ClusterDelta delta = store.Apply(changes);
            Cluster after = store.Current;
            Manifest[] current = [.. documents.OrderBy(d => d.Key.ToString(), StringComparer.Ordinal).ThenBy(d => d.Key.Group, StringComparer.Ordinal).Select(d => d.Value)];
            int places = 0;
            ReferenceCluster reference = new(current, (_, _) => places++);
            Cluster fresh = Cluster.Of(current);
            IpAddress[] probes = Probes(dice, reference);
            string[] profiles = [.. reference.Profiles.Keys.Concat(pool.OfType<ProfileManifest>().Select(p => p.Metadata.Name!)).Distinct()];
            string text = Text(after, probes, profiles);
            Same($"seed {seed} batch {batch}, reference", Text(ClusterText.Of(reference, probes, profiles)), Text(ClusterText.Of(after, probes, profiles)));
            Same($"seed {seed} batch {batch}, fresh", Text(fresh, probes, profiles), text);
            Assert.Equal(current, after.Manifests);
            Compare($"seed {seed} batch {batch}", before, after, delta, coverage);
            past.Add((after, text, probes, profiles));
            if (store.Current.Manifests.OfType<WorkloadEndpointManifest>().Any(w => w.Spec?.Pod is { } pod && documents.ContainsKey(new ObjectId("", "Pod", w.EffectiveNamespace, pod))))
            {
                coverage.Saw("shared names");
            }
        }

        foreach ((Cluster cluster, string text, IpAddress[] probes, string[] profiles) in past)
        {
            Same($"seed {seed}, past", text, Text(cluster, probes, profiles));
        }
    }

    // Removals, new versions, other documents: now a few, now many.
    private static DocumentChange[] Changes(Dice dice, Manifest[] pool, Dictionary<ObjectId, Manifest> documents, bool isFirst)
    {
        Dictionary<ObjectId, DocumentChange> changes = [];
        int count = isFirst ? pool.Length / 2 : dice.Chance(30) ? dice.Between(6, 20) : dice.Between(1, 3);
        for (int i = 0; i < count; i++)
        {
            Manifest one = dice.PickFrom(pool);
            Manifest? known = documents.GetValueOrDefault(one.Id);
            Manifest? next = known is not null && dice.Chance(35) ? null : dice.Chance(40) ? Changed(dice, one) : one;
            Manifest? first = changes.TryGetValue(one.Id, out DocumentChange change) ? change.Old : known;
            changes[one.Id] = new DocumentChange(one.Id, first, next);
            if (next is null)
            {
                documents.Remove(one.Id);
            }
            else
            {
                documents[one.Id] = next;
            }
        }

        return [.. changes.Values];
    }

    private static Manifest Changed(Dice dice, Manifest manifest) => manifest switch
    {
        PodManifest pod when dice.Chance(30) => pod with { Spec = pod.Spec with { HostNetwork = !pod.Spec.HostNetwork } },
        PodManifest pod when dice.Chance(30) => pod with { IsReady = !pod.IsReady },
        PodManifest pod when dice.Chance(30) => pod with { Phase = dice.PickFrom(["Running", "Succeeded"]) },
        PodManifest pod when dice.Chance(40) => pod with { Spec = pod.Spec with { NodeName = dice.PickFrom(["n1", "n2", "n3", ""]) } },
        GlobalNetworkSetManifest set => set with { Nets = Nets(dice) },
        NetworkSetManifest set => set with { Nets = Nets(dice) },
        _ => manifest with { Metadata = manifest.Metadata with { Labels = Labels(dice) } },
    };

    private static EquatableMap<string> Labels(Dice dice) =>
        new(dice.Some(3, "a", "b", "c", "pcns.a", "pcsa.b").Select(key => new KeyValuePair<string, string>(key, dice.PickFrom(["", "1", "2"]))));

    private static EquatableArray<string> Nets(Dice dice) =>
        [.. dice.Some(4, "10.0.0.0/8", "10.0.0.0/24", "10.1.0.0/16", "10.0.0.1", "10.0.0.2/32", "0.0.0.0/0", "fd00::/8", "fd00::1/128", "fd00::/64", "10.0.0.0/30")];

    // What generated worlds seldom have: names that several claim, profiles that overrule built-in ones, configurations.
    private static IEnumerable<Manifest> Extras(Dice dice)
    {
        string[] spaces = ["x", "y", "default"];
        foreach (string space in spaces)
        {
            yield return new NamespaceManifest { Metadata = new ObjectMetadata { Name = space, Labels = Labels(dice) } };
            yield return new ServiceAccountManifest { Metadata = new ObjectMetadata { Name = "s1", Namespace = space, Labels = Labels(dice) } };
            yield return Profile(dice, "kns." + space);
            yield return Profile(dice, $"ksa.{space}.s1");
            foreach (string name in (string[])["w1", "w2", "p1"])
            {
                yield return new WorkloadEndpointManifest
                {
                    Metadata = new ObjectMetadata { Name = name, Namespace = space, Labels = Labels(dice) },
                    Spec = new WorkloadEndpointSpec
                    {
                        Pod = dice.Chance(70) ? dice.PickFrom(["p1", "p2", "p3"]) : null,
                        Orchestrator = dice.Chance(20) ? "other" : null,
                        Node = dice.PickFrom(["n1", "n2", "n4"]),
                        ServiceAccountName = dice.Chance(50) ? "s1" : null,
                        IpNetworks = [dice.PickFrom(["10.0.0.1/32", "10.0.0.2", "10.0.1.7"])],
                        Profiles = [.. dice.Some(3, "kns." + space, $"ksa.{space}.s1", "own", "missing", "projectcalico-default-allow")],
                    },
                };
                yield return new PodManifest
                {
                    Metadata = new ObjectMetadata { Name = dice.PickFrom(["p1", "p2", "p3"]), Namespace = space, Labels = Labels(dice) },
                    Addresses = [dice.PickFrom(["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"])],
                    Phase = "Running",
                    Spec = new PodSpec { ServiceAccountName = dice.PickFrom(["s1", "s2", ""]), NodeName = dice.PickFrom(["n1", "n3"]), HostNetwork = dice.Chance(20) },
                };
            }

            yield return new ServiceManifest
            {
                Metadata = new ObjectMetadata { Name = "all", Namespace = space },
                ClusterIPs = ["10.96.0.9"],
                Type = dice.PickFrom(["ClusterIP", "NodePort"]),
                Selector = dice.Chance(70) ? Labels(dice) : null,
                Ports = [new ServicePortSpec { Port = 80, NodePort = 30080 }, new ServicePortSpec { Port = 80, Protocol = "UDP" }],
            };
            yield return new EndpointSliceManifest
            {
                Metadata = new ObjectMetadata
                {
                    Name = "slice", Namespace = space, Labels = new EquatableMap<string>([new("kubernetes.io/service-name", dice.PickFrom(["all", "absent"]))]),
                },
                Endpoints = [new SliceEndpoint { Addresses = ["10.0.0.1"] }, new SliceEndpoint { Addresses = [dice.PickFrom(["10.0.0.2", "192.0.2.1"])] }],
                Ports = [new ServicePortSpec { Port = 8080 }],
            };
        }

        yield return Profile(dice, "own");
        foreach (string name in (string[])["default", "node.n1", "node.n2"])
        {
            yield return new FelixConfigurationManifest
            {
                Metadata = new ObjectMetadata { Name = name },
                DefaultEndpointToHostAction = dice.Chance(60) ? dice.PickFrom(["Drop", "Accept", "Return"]) : null,
                FailsafeInboundHostPorts = dice.Chance(50) ? [new FailsafePort { Port = dice.PickFrom([22, 23]) }] : null,
            };
        }

        foreach (string name in (string[])["n1", "n2", "n3"])
        {
            yield return new NodeManifest { Metadata = new ObjectMetadata { Name = name, Labels = Labels(dice) }, Addresses = [dice.PickFrom(["192.168.0.1", "192.168.0.2"])] };
        }

        for (int i = 0; i < 3; i++)
        {
            string name = i.ToString(CultureInfo.InvariantCulture);
            yield return new GlobalNetworkSetManifest { Metadata = new ObjectMetadata { Name = name, Labels = Labels(dice) }, Nets = Nets(dice) };
            yield return new NetworkSetManifest { Metadata = new ObjectMetadata { Name = name, Namespace = dice.PickFrom(spaces), Labels = Labels(dice) }, Nets = Nets(dice) };
        }

        yield return new DomainNamesManifest { Metadata = new ObjectMetadata { Name = "more" }, Names = new EquatableMap<EquatableArray<string>>([new("more.example", ["192.0.2.9"])]) };
    }

    private static ProfileManifest Profile(Dice dice, string name) => new()
    {
        Metadata = new ObjectMetadata { Name = name },
        LabelsToApply = Labels(dice),
        Ingress = [new CalicoRule { Action = dice.PickFrom(["Allow", "Deny"]) }],
    };

    private static IpAddress[] Probes(Dice dice, ReferenceCluster cluster) =>
    [
        .. cluster.Selectables.SelectMany(m => m.Addresses)
            .Concat(cluster.Selectables.SelectMany(m => m.Nets).SelectMany(n => (IpAddress[])[n.First, n.Last]))
            .Concat(cluster.Nodes.SelectMany(n => n.Addresses))
            .Concat([IpAddress.Parse("10.0.0.7"), IpAddress.Parse("8.8.8.8"), IpAddress.Parse("fd00::99"), IpAddress.FromIPv4((uint)dice.Next()), default])
            .Distinct(),
    ];

    private static void Compare(string where, Cluster before, Cluster after, ClusterDelta delta, Coverage coverage)
    {
        Slots(where + " members", before.SelectableList, after.SelectableList, delta.Selectables, s => s.Name, coverage);
        Slots(where + " host pods", before.HostNetworkPodList, after.HostNetworkPodList, delta.HostNetworkPods, p => p.Name, coverage);
        Slots(where + " nodes", before.NodeList, after.NodeList, delta.Nodes, n => n.Name, coverage);
        Slots(where + " services", before.ServiceList, after.ServiceList, delta.Services, s => s.ToString(), coverage);
        Note(coverage, ("members", delta.Selectables.Count), ("host pods", delta.HostNetworkPods.Count), ("nodes", delta.Nodes.Count), ("services", delta.Services.Count));

        // Nothing is listed that looks as before.
        foreach (SlotChange<Selectable> change in delta.Selectables.Where(c => c.Old is not null && c.New is not null && ReferenceEquals(c.Old.Source, c.New.Source)))
        {
            Assert.False(
                change.Old!.EffectiveLabels == change.New!.EffectiveLabels && (change.Old as Endpoint)?.NamespaceLabels == (change.New as Endpoint)?.NamespaceLabels
                    && ReferenceEquals((change.Old as Endpoint)?.Companion, (change.New as Endpoint)?.Companion),
                $"{where}: {change.New.Name}");
        }

        Assert.All(delta.Nodes.Where(c => c.Old is not null && c.New is not null), c => Assert.False(c.New!.IsSame(c.Old!)));
        Assert.All(delta.Services.Where(c => c.Old is not null && c.New is not null), c => Assert.False(c.New!.IsSame(c.Old!)));

        Keys(where + " namespaces", before.Namespaces, after.Namespaces, delta.Namespaces, (x, y) => x == y);
        Keys(where + " slices", Map(before.SliceBackends), Map(after.SliceBackends), delta.SliceBackends, (x, y) => x == y);
        string[] profiles =
        [
            .. ((Cluster[])[before, after]).SelectMany(c => c.Namespaces.Keys.Select(n => "kns." + n).Concat(c.AccountProfiles.Items().Select(p => p.Key)).Concat(c.WrittenProfiles.Items().Select(p => p.Key))).Distinct(),
        ];
        Dictionary<string, object> Sources(Cluster cluster) =>
            profiles.Where(p => cluster.FindProfileSource(p) is not null).ToDictionary(p => p, p => cluster.FindProfileSource(p)!);
        Keys(where + " profiles", Sources(before), Sources(after), delta.Profiles, ReferenceEquals);
        Assert.Equal(delta.AreDomainNamesChanged, !before.DomainNames.SequenceEqual(after.DomainNames));
        string Peers(Cluster cluster) => string.Join('\n', cluster.Nodes.Where(n => !n.PublishedAddresses.IsEmpty).Select(n => $"{n.Name} {n.Labels} {n.PublishedAddresses}"));
        if (Peers(before) != Peers(after))
        {
            Assert.True(delta.AreNodePeersChanged, where);
        }

        Note(
            coverage, ("slices", delta.SliceBackends.Count), ("profiles", delta.Profiles.Count), ("namespaces", delta.Namespaces.Count), ("domains", delta.AreDomainNamesChanged ? 1 : 0),
            ("kept members", after.Selectables.Count(s => ReferenceEquals(s, before.FindSelectable(s.Name)))),
            ("reused places", delta.Selectables.Any(c => c.Old is null && c.Index < before.SelectableSlots) ? 1 : 0),
            ("blocks", delta.Selectables.Count(c => c.Old is NetworkSet && c.New is NetworkSet)));
    }

    private static Dictionary<ServiceName, EquatableArray<SliceBackend>> Map(PersistentMap<ServiceName, EquatableArray<SliceBackend>> map) => map.Items().ToDictionary(b => b.Key, b => b.Value);

    private static void Slots<T>(
        string where, PersistentList<T?> before, PersistentList<T?> after, IReadOnlyList<SlotChange<T>> changes, Func<T, string> nameOf, Coverage coverage)
        where T : class
    {
        Dictionary<int, SlotChange<T>> listed = changes.ToDictionary(c => c.Index);
        Dictionary<string, int> places = [];
        for (int i = 0; i < before.Count; i++)
        {
            if (before[i] is { } one)
            {
                places[nameOf(one)] = i;
            }
        }

        for (int i = 0; i < Math.Max(before.Count, after.Count); i++)
        {
            T? old = i < before.Count ? before[i] : null, now = i < after.Count ? after[i] : null;
            Assert.Equal(!ReferenceEquals(old, now), listed.TryGetValue(i, out SlotChange<T> change));
            if (!ReferenceEquals(old, now))
            {
                Assert.Same(old, change.Old);
                Assert.Same(now, change.New);
            }

            if (now is not null && places.TryGetValue(nameOf(now), out int place))
            {
                Assert.True(place == i, $"{where}: {nameOf(now)} moved from {place} to {i}");
            }
        }
    }

    private static void Keys<TKey, TValue>(
        string where, IReadOnlyDictionary<TKey, TValue> before, IReadOnlyDictionary<TKey, TValue> after, IReadOnlyList<TKey> changed, Func<TValue, TValue, bool> same)
        where TKey : notnull
    {
        string?[] expected =
        [
            .. before.Keys.Union(after.Keys)
                .Where(k => !(before.TryGetValue(k, out TValue? old) && after.TryGetValue(k, out TValue? now) && same(old, now)))
                .Select(k => k.ToString()).Order(StringComparer.Ordinal),
        ];
        Same(where, string.Join(' ', expected), string.Join(' ', changed.Select(k => k.ToString()).Order(StringComparer.Ordinal)));
    }

    private static void Note(Coverage coverage, params (string What, int Count)[] seen)
    {
        foreach ((string what, int count) in seen)
        {
            if (count > 0)
            {
                coverage.Saw(what);
            }
        }
    }

    private static string Text(Cluster cluster, IpAddress[] probes, string[] profiles) =>
        Text(ClusterText.Of(cluster, probes, profiles)) + "\n" + string.Join('\n', ClusterText.Governors(cluster)) + $"\nalone {cluster.Members.AreWorkloadsAlone}";

    private static string Text(SortedDictionary<string, string> lines) => string.Join('\n', lines.Select(l => $"{l.Key}: {l.Value}"));

    private static void Same(string where, string expected, string actual)
    {
        if (expected != actual)
        {
            string[] wanted = expected.Split('\n'), got = actual.Split('\n');
            Assert.Fail($"{where}\nexpected: {string.Join('\n', wanted.Except(got).Take(5))}\nactual: {string.Join('\n', got.Except(wanted).Take(5))}");
        }
    }
}
