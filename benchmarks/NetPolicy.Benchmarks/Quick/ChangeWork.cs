using NetPolicy.Analysis;
using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Changes to an engine that knows a world. Each is followed by one evaluation, so that what is put off until then is counted too.</summary>
public static class ChangeWork
{
    private const int Times = 2_000;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(5);

    /// <summary>A pod comes into a namespace; it goes again, uncounted.</summary>
    public static Measurement PodAdded(Stage stage) => Measure(
        stage,
        stage.World.AllPods,
        (pod, i) => new Change.Upsert(WorldBuilder.PodOf(
            "added-" + WorldBuilder.Text(i), pod.EffectiveNamespace!, (11u << 24) + (uint)i, [("app", "web"), ("tier", "frontend"), ("pod-template-hash", "00c0ffee")])),
        (pod, i) => new Change.Remove(new ObjectId("", "Pod", pod.EffectiveNamespace, "added-" + WorldBuilder.Text(i))));

    /// <summary>A pod's <c>app</c> label changes to one that policies of its namespace name.</summary>
    public static Measurement PodRelabelled(Stage stage) => Measure(
        stage,
        stage.World.AllPods,
        (pod, _) => new Change.Upsert(Relabelled(pod, "app", pod.Metadata.Labels!.Value.TryGetValue("app", out string? app) && app == "web" ? "api" : "web")),
        (pod, _) => new Change.Upsert(pod));

    /// <summary>A namespace's label changes to one that policies of other namespaces name.</summary>
    public static Measurement NamespaceRelabelled(Stage stage) => Measure(
        stage,
        stage.World.Manifests.OfType<NamespaceManifest>(),
        (@namespace, i) => new Change.Upsert(Relabelled(@namespace, "tenant", "tenant-" + WorldBuilder.Text(i % 100))),
        (@namespace, _) => new Change.Upsert(@namespace));

    /// <summary>A policy comes; it goes again, uncounted.</summary>
    public static Measurement PolicyAdded(Stage stage) => Measure(
        stage,
        stage.World.AllPods,
        (pod, i) => new Change.Upsert(Added(pod.EffectiveNamespace!, i)),
        (pod, i) => new Change.Remove(Added(pod.EffectiveNamespace!, i).Id));

    /// <summary>A policy goes; it comes again, uncounted.</summary>
    public static Measurement PolicyRemoved(Stage stage) => Measure(
        stage,
        stage.World.Manifests.OfType<NetworkPolicyManifest>(),
        (policy, _) => new Change.Remove(policy.Id),
        (policy, _) => new Change.Upsert(policy));

    /// <summary>A policy gets another port in a rule of its.</summary>
    public static Measurement PolicyEdited(Stage stage) => Measure(
        stage,
        Editable(stage),
        (policy, i) => new Change.Upsert(Edited(policy, i)),
        (policy, _) => new Change.Upsert(policy));

    /// <summary>The matrix is brought up to date with a policy that got another port; applying the change is not counted.</summary>
    public static Measurement MatrixUpdated(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        NetworkPolicyManifest[] policies = Shuffled(Editable(stage));
        Delta delta = stage.Engine.Apply(new Change.Upsert(Edited(policies[0], 0)));
        Connectivity matrix = stage.Matrix;
        Measurement measurement = Meter.Operations(
            201,
            Enough,
            _ => matrix = MatrixWork.Update(matrix, delta),
            i => delta = stage.Engine.Apply(i % 2 == 0
                ? new Change.Upsert(policies[i / 2 % policies.Length])
                : new Change.Upsert(Edited(policies[(i + 1) / 2 % policies.Length], i))));
        stage.Take(stage.Engine);
        return measurement;
    }

    /// <summary>A document with another label.</summary>
    public static Manifest Relabelled(Manifest manifest, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        IEnumerable<KeyValuePair<string, string>> others = (manifest.Metadata.Labels ?? default).Where(l => l.Key != key);
        return manifest with { Metadata = manifest.Metadata with { Labels = new EquatableMap<string>([.. others, new(key, value)]) } };
    }

    private static Measurement Measure<T>(Stage stage, IEnumerable<T> among, Func<T, int, Change> change, Func<T, int, Change> undo)
    {
        ArgumentNullException.ThrowIfNull(stage);
        T[] subjects = Shuffled(among);
        PolicyEngine engine = stage.Engine;
        Change[] changes = [.. Enumerable.Range(0, Times).Select(i => change(subjects[i % subjects.Length], i))];
        Change[] undone = [.. Enumerable.Range(0, Times).Select(i => undo(subjects[i % subjects.Length], i))];
        Meter.Operations(200, TimeSpan.FromSeconds(1), i => Do(engine, changes[i], i), i => engine.Apply(undone[i]));
        return Meter.Operations(Times, Enough, i => Do(engine, changes[i], i), i => engine.Apply(undone[i]));
    }

    private static void Do(PolicyEngine engine, Change change, int seed) => IndexWork.Ask(engine.Apply(change).Snapshot, seed);

    private static IEnumerable<NetworkPolicyManifest> Editable(Stage stage) =>
        stage.World.Manifests.OfType<NetworkPolicyManifest>().Where(p => p.Spec!.Ingress is { Count: > 0 });

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

    private static T[] Shuffled<T>(IEnumerable<T> items)
    {
        T[] all = [.. items];
        new Random(23).Shuffle(all);
        return all.Length > Times ? all[..Times] : all;
    }
}
