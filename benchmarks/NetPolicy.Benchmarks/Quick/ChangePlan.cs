using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Changes of one kind, each with what undoes it, so that the world stays as it is. Seeded.</summary>
/// <param name="Changes">The changes.</param>
/// <param name="Undone">What takes back the change of the same index.</param>
public sealed record ChangePlan(Change[] Changes, Change[] Undone)
{
    private const int Choice = 1_000;

    /// <summary>A pod comes into a namespace.</summary>
    public static ChangePlan PodAdded(World world, int count) => Of(
        AllPods(world),
        count,
        (pod, i) => new Change.Upsert(WorldBuilder.PodOf(
            "added-" + WorldBuilder.Text(i), pod.EffectiveNamespace!, (11u << 24) + (uint)i, [("app", "web"), ("tier", "frontend"), ("pod-template-hash", "00c0ffee")])),
        (pod, i) => new Change.Remove(new ObjectId("", "Pod", pod.EffectiveNamespace, "added-" + WorldBuilder.Text(i))));

    /// <summary>A pod's <c>app</c> label changes to that of another workload of its namespace, which policies name.</summary>
    public static ChangePlan PodRelabelled(World world, int count)
    {
        ILookup<string, string> apps = AllPods(world).Select(p => (Namespace: p.EffectiveNamespace!, App: AppOf(p))).Distinct().ToLookup(p => p.Namespace, p => p.App);
        return Of(
            AllPods(world),
            count,
            (pod, i) => new Change.Upsert(Relabelled(pod, "app", Other([.. apps[pod.EffectiveNamespace!].Take(Choice)], AppOf(pod), i))),
            (pod, _) => new Change.Upsert(pod));
    }

    /// <summary>A namespace's label changes to one that policies of other namespaces name.</summary>
    public static ChangePlan NamespaceRelabelled(World world, int count) => Of(
        All<NamespaceManifest>(world),
        count,
        (@namespace, i) => new Change.Upsert(Relabelled(@namespace, "tenant", "tenant-" + WorldBuilder.Text(i % 100))),
        (@namespace, _) => new Change.Upsert(@namespace));

    /// <summary>A policy comes.</summary>
    public static ChangePlan PolicyAdded(World world, int count) => Of(
        AllPods(world),
        count,
        (pod, i) => new Change.Upsert(Added(pod.EffectiveNamespace!, i)),
        (pod, i) => new Change.Remove(Added(pod.EffectiveNamespace!, i).Id));

    /// <summary>A policy goes.</summary>
    public static ChangePlan PolicyRemoved(World world, int count) => Of(
        All<NetworkPolicyManifest>(world),
        count,
        (policy, _) => new Change.Remove(policy.Id),
        (policy, _) => new Change.Upsert(policy));

    /// <summary>A policy's first ingress rule gets another port.</summary>
    public static ChangePlan PolicyEdited(World world, int count) => Of(
        All<NetworkPolicyManifest>(world).Where(p => p.Spec!.Ingress is { Count: > 0 }),
        count,
        (policy, i) => new Change.Upsert(Edited(policy, i)),
        (policy, _) => new Change.Upsert(policy));

    private static ChangePlan Of<T>(IEnumerable<T> among, int count, Func<T, int, Change> change, Func<T, int, Change> undo)
    {
        T[] subjects = [.. among];
        new Random(23).Shuffle(subjects);
        return new ChangePlan(
            [.. Enumerable.Range(0, count).Select(i => change(subjects[i % subjects.Length], i))],
            [.. Enumerable.Range(0, count).Select(i => undo(subjects[i % subjects.Length], i))]);
    }

    private static string AppOf(PodManifest pod) => pod.Metadata.Labels is { } labels && labels.TryGetValue("app", out string? app) ? app : "";

    private static string Other(string[] apps, string own, int index) => apps[index % apps.Length] is var app && app != own ? app : apps[(index + 1) % apps.Length];

    private static IEnumerable<PodManifest> AllPods(World world) => All<PodManifest>(world);

    private static IEnumerable<T> All<T>(World world)
    {
        ArgumentNullException.ThrowIfNull(world);
        return world.Manifests.OfType<T>();
    }

    private static Manifest Relabelled(Manifest manifest, string key, string value)
    {
        IEnumerable<KeyValuePair<string, string>> others = (manifest.Metadata.Labels ?? default).Where(l => l.Key != key);
        return manifest with { Metadata = manifest.Metadata with { Labels = new EquatableMap<string>([.. others, new(key, value)]) } };
    }

    private static NetworkPolicyManifest Edited(NetworkPolicyManifest policy, int index)
    {
        NetworkPolicyRule first = policy.Spec!.Ingress!.Value[0];
        NetworkPolicyRule edited = first with { Ports = (first.Ports ?? []).Add(WorldBuilder.Tcp(20_000 + (index % 1_000))) };
        return policy with { Spec = policy.Spec with { Ingress = [edited, .. policy.Spec.Ingress.Value.Skip(1)] } };
    }

    private static NetworkPolicyManifest Added(string @namespace, int index) => WorldBuilder.Policy(
        "added-" + WorldBuilder.Text(index),
        @namespace,
        WorldBuilder.With(("app", "db")),
        [WorldBuilder.Rule([WorldBuilder.Pods(WorldBuilder.With(("app", "api")))], WorldBuilder.Tcp(5432))]);
}
