using System.Reflection;
using NetPolicy.Collections;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Documents;

/// <summary>
/// Makes documents of every kind with values in any of their fields, found by reflection so that none is forgotten. They are seldom valid, but can be
/// written, and say only what their kind can say.
/// </summary>
public sealed class DocumentMaker(Dice dice)
{
    private static readonly string[] s_texts =
    [
        "web", "a", "b", "x-1", "10.0.0.0/8", "fd00::1", "80", "1e3", "yes", "null", "~", "", " ", "a: b", "a #b", "- a", "'", "\"", "has(a) && b == 'c'", "all()", "é", "\t", "a\nb", "{a}", "*a", "2024-01-01", "0x1F", "\\", "\u2028",
    ];

    private static readonly double[] s_orders = [0, 1, -1, 10.5, 1000, 1e21, 1e-7, 0.1, -0.125, 1e300];

    /// <summary>Every kind of document, but tests' own.</summary>
    public static IReadOnlyList<Type> Kinds { get; } =
    [
        .. typeof(Manifest).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Manifest)) && !type.IsAbstract && type != typeof(ExpectationManifest))
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    /// <summary>A document of any kind.</summary>
    public Manifest Next() => Next(dice.PickFrom(Kinds));

    /// <summary>A document of a kind.</summary>
    public Manifest Next(Type kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return Rewriter.Rewrite(OnlyOfItsKind((Manifest)Record(kind)), OnlyOfItsDirection);
    }

    private object Record(Type type)
    {
        object record = type == typeof(WorkloadManifest) ? Workload() : type == typeof(IngressManifest) ? Ingress() : Activator.CreateInstance(type)!;
        foreach (PropertyInfo field in Rewriter.FieldsOf(type))
        {
            if (IsGiven(field) || !dice.Chance(65))
            {
                continue;
            }

            field.SetValue(record, Value(field.PropertyType, field));
        }

        return record;
    }

    // What the constructor took, and what only some kinds of it may say.
    private static bool IsGiven(PropertyInfo field) => field.DeclaringType == typeof(WorkloadManifest) ? field.Name is nameof(WorkloadManifest.WorkloadApiVersion) or nameof(WorkloadManifest.WorkloadKind)
        : field.DeclaringType == typeof(IngressManifest);

    private object? Value(Type type, PropertyInfo field)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Rewriter.ItemTypeOf(type) is { } item)
        {
            return Rewriter.ListOf(item, dice.Many(0, 2, () => Value(item, field)));
        }

        return type == typeof(string) ? IsTextThatIsThere(field) ? dice.Pick("a", "10.0.0.1", "fd00::1") : dice.PickFrom(s_texts)
            : type == typeof(int) ? dice.Pick(1, 4, 80, 1000, 65535)
            : type == typeof(double) ? dice.PickFrom(s_orders)
            : type == typeof(bool) ? !(bool?)field.GetValue(Activator.CreateInstance(field.DeclaringType!)) ?? dice.Chance(50)
            : type == typeof(IntOrString) ? dice.Chance(50) ? IntOrString.Of(dice.Pick(0, 6, 80, 65535)) : IntOrString.Of(dice.PickFrom(s_texts))
            : type == typeof(EquatableMap<string>) ? Map(() => dice.PickFrom(s_texts))
            : type == typeof(EquatableMap<EquatableArray<string>>) ? Map(() => dice.Many(1, 2, () => dice.PickFrom(s_texts)).ToEquatableArray())
            : type.IsEnum ? dice.PickFrom([.. Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => Enum.ToObject(type, value))])
            : Rewriter.IsRecord(type) ? Record(type)
            : throw new InvalidOperationException($"no values of {type} for {field.DeclaringType!.Name}.{field.Name}");
    }

    private EquatableMap<T> Map<T>(Func<T> value) => new(dice.Many(0, 3, () => KeyValuePair.Create(dice.PickFrom(s_texts), value())).DistinctBy(e => e.Key));

    // Lists of which the API server keeps the first entry in a field of its own have no blank ones; a port's blank name is none.
    private static bool IsTextThatIsThere(PropertyInfo field) =>
        field.Name is nameof(PodManifest.Addresses) or nameof(NodeManifest.PodCidrs) or nameof(ServiceManifest.ClusterIPs) or nameof(ServiceManifest.LoadBalancerIPs)
        || field.DeclaringType == typeof(ContainerPort);

    private WorkloadManifest Workload()
    {
        (string version, string kind) = dice.Pick(
            ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("apps/v1", "ReplicaSet"), ("batch/v1", "Job"), ("batch/v1", "CronJob"), ("v1", "ReplicationController"));
        return new WorkloadManifest(version, kind);
    }

    // An Ingress names ports of Services, a Route one target port for all its Services.
    private IngressManifest Ingress()
    {
        if (dice.Chance(50))
        {
            return new IngressManifest("networking.k8s.io/v1", "Ingress")
            {
                Backends = dice.Many(0, 2, () => new ServiceBackend { Service = "s" + dice.PickFrom(s_texts), ServicePort = dice.Chance(50) ? IntOrString.Of(80) : IntOrString.Of("http") }).ToEquatableArray(),
            };
        }

        IntOrString? target = dice.Pick<IntOrString?>(null, IntOrString.Of(80), IntOrString.Of("http"));
        return new IngressManifest("route.openshift.io/v1", "Route") { Backends = dice.Many(1, 2, () => new ServiceBackend { Service = "s" + dice.PickFrom(s_texts), TargetPort = target }).ToEquatableArray() };
    }

    private static Manifest OnlyOfItsKind(Manifest document) => document switch
    {
        CalicoPolicyManifest { Spec: { } spec } policy => policy with
        {
            Spec = (policy.IsGlobal ? spec : spec with { NamespaceSelector = null, DoNotTrack = null, PreDnat = null, ApplyOnForward = null }) with { StagedAction = policy.IsStaged ? spec.StagedAction : null },
        },
        StagedKubernetesNetworkPolicyManifest { Spec: null } policy => policy with { StagedAction = null },
        BaselineAdminNetworkPolicyManifest { Spec: { } spec } policy => policy with { Spec = spec with { Priority = null } },
        _ => document,
    };

    // Peers of ingress rules are pods; a baseline policy knows no domain names.
    private static object OnlyOfItsDirection(object part, Place place) => part switch
    {
        EquatableArray<ClusterPolicyRule> rules => rules.Select(rule => rule with { Peers = Peers(rule.Peers, place) }).ToEquatableArray(),
        EquatableArray<AdminPolicyRule> rules => rules.Select(rule => rule with { Peers = Peers(rule.Peers, place) }).ToEquatableArray(),
        _ => part,
    };

    private static EquatableArray<ClusterPolicyPeer>? Peers(EquatableArray<ClusterPolicyPeer>? peers, Place place) => peers is not { } all ? null
        : all.Select(peer => place.Field == "Ingress" ? peer with { Nodes = null, Networks = null, DomainNames = null }
            : place.Document is BaselineAdminNetworkPolicyManifest ? peer with { DomainNames = null }
            : peer).ToEquatableArray();
}
