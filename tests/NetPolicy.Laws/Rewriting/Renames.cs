using System.Text.RegularExpressions;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Rewriting;

/// <summary>Other names for the things of a world, wherever they are named.</summary>
public static partial class Renames
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>Policies of all kinds under names that sort as before. The one BaselineAdminNetworkPolicy keeps its name, which sorts before all others.</summary>
    public static World OfPolicies(World world) => OfPolicies(world, name => "zz-" + name);

    /// <summary>Policies of all kinds under names that sort the other way round.</summary>
    public static World OfPoliciesReversed(World world) => OfPolicies(world, Reversed);

    /// <summary>Policies with orders and priorities of their own, in the order in which they stand in the list, so that no tie is left.</summary>
    public static World WithoutTies(World world)
    {
        int next = 0;
        return world.Rewrite((part, _) => part switch
        {
            CalicoPolicySpec spec => spec with { Order = 1001 + next++ },
            ClusterNetworkPolicySpec spec => spec with { Priority = next++ },
            AdminNetworkPolicySpec { Priority: not null } spec => spec with { Priority = next++ },
            _ => part,
        });
    }

    /// <summary>Pods under names that sort the other way round.</summary>
    public static (World World, Func<FlowRequest, FlowRequest> Flow) OfPods(World world)
    {
        Dictionary<string, string> ends = world.All<PodManifest>().ToDictionary(
            pod => $"{pod.EffectiveNamespace}/{pod.Metadata.Name}", pod => $"{pod.EffectiveNamespace}/{Reversed(pod.Metadata.Name!)}", StringComparer.Ordinal);
        World renamed = world.Rewrite((part, place) => part switch
        {
            PodManifest pod => pod with { Metadata = pod.Metadata with { Name = Reversed(pod.Metadata.Name!) } },
            WorkloadEndpointSpec { Pod: { } pod } spec => spec with { Pod = Reversed(pod) },
            _ => part,
        });
        return (renamed, flow => flow with { From = ends.GetValueOrDefault(flow.From, flow.From), To = ends.GetValueOrDefault(flow.To, flow.To) });
    }

    /// <summary>Nodes under names that sort the other way round.</summary>
    public static (World World, Func<FlowRequest, FlowRequest> Flow) OfNodes(World world)
    {
        World renamed = world.Rewrite((part, place) => part switch
        {
            NodeManifest node => node with { Metadata = node.Metadata with { Name = Reversed(node.Metadata.Name!) } },
            FelixConfigurationManifest { Metadata.Name: { } name } felix when name.StartsWith("node.", StringComparison.Ordinal) =>
                felix with { Metadata = felix.Metadata with { Name = "node." + Reversed(name[5..]) } },
            string node when place.Field is "NodeName" or "Node" => Reversed(node),
            _ => part,
        });
        return (renamed, flow => flow with { From = Host(flow.From), To = Host(flow.To) });

        static string Host(string end) => end.StartsWith("host:", StringComparison.Ordinal) ? "host:" + Reversed(end[5..]) : end;
    }

    /// <summary>
    /// Namespaces but <c>default</c> under names that sort as before: in documents, in labels that hold them, in the names of their profiles and in selectors.
    /// </summary>
    public static (World World, Func<FlowRequest, FlowRequest> Flow) OfNamespaces(World world)
    {
        World renamed = world.Rewrite((part, place) => part switch
        {
            NamespaceManifest { Metadata: { Name: { } name } metadata } document => document with { Metadata = metadata with { Name = Namespace(name) } },
            ProfileManifest { Metadata: { Name: { } name } metadata } document => document with { Metadata = metadata with { Name = Profile(name) } },
            string name when place.Field == nameof(ObjectMetadata.Namespace) => Namespace(name),
            string selector when CalicoRewrites.IsSelector(place) => Quoted().Replace(selector, match => match.Groups[1].Value + Namespace(match.Groups[2].Value) + match.Groups[1].Value),
            LabelRequirement { Key: NameLabel, Values: { } values } requirement => requirement with { Values = values.Select(Namespace).ToEquatableArray() },
            EquatableMap<string> labels => new EquatableMap<string>(labels.Select(label => KeyValuePair.Create(label.Key, label.Key == NameLabel ? Namespace(label.Value) : label.Value))),
            EquatableArray<string> names when place.Field == nameof(WorkloadEndpointSpec.Profiles) => names.Select(Profile).ToEquatableArray(),
            _ => part,
        });
        return (renamed, flow => flow with { From = End(flow.From), To = End(flow.To) });

        static string End(string end)
        {
            int colon = end.StartsWith("host:", StringComparison.Ordinal) || !end.Contains('/', StringComparison.Ordinal) ? -1 : end.IndexOf(':', StringComparison.Ordinal);
            return !end.Contains('/', StringComparison.Ordinal) ? end : end[..(colon + 1)] + Namespace(end[(colon + 1)..end.IndexOf('/', StringComparison.Ordinal)]) + end[end.IndexOf('/', StringComparison.Ordinal)..];
        }
    }

    /// <summary>Keys and values of labels that mean nothing by themselves, on objects and in selectors; the empty value stays.</summary>
    public static World OfLabels(World world) => world.Rewrite((part, place) => part switch
    {
        EquatableMap<string> labels when place.Field is "Labels" or "TemplateLabels" or "LabelsToApply" or "Selector" or "MatchLabels" =>
            new EquatableMap<string>(labels.Select(label => IsFree(label.Key) ? KeyValuePair.Create(Key(label.Key), Value(label.Value)) : label)),
        LabelRequirement { Key: { } key } requirement when IsFree(key) =>
            requirement with { Key = Key(key), Values = requirement.Values is { } values ? values.Select(Value).ToEquatableArray() : null },
        string selector when CalicoRewrites.IsSelector(place) => InSets().Replace(
            OneKey().Replace(selector, match => Key(match.Groups[1].Value) + match.Groups[2].Value + (match.Groups[4].Success ? match.Groups[3].Value + Value(match.Groups[4].Value) + match.Groups[3].Value : "")),
            match => match.Groups[1].Value + Quoted().Replace(match.Groups[2].Value, value => value.Groups[1].Value + Value(value.Groups[2].Value) + value.Groups[1].Value)),
        _ => part,
    });

    private static World OfPolicies(World world, Func<string, string> rename) => world.Rewrite((part, _) => part is Manifest document && IsPolicy(document)
        ? document with { Metadata = document.Metadata with { Name = rename(document.Metadata.Name!) } }
        : part);

    private static bool IsPolicy(Manifest document) => document.Kind.EndsWith("NetworkPolicy", StringComparison.Ordinal) && document is not BaselineAdminNetworkPolicyManifest;

    private static string Namespace(string name) => name is "x" or "y" or "z" ? "n-" + name : name;

    private static string Profile(string name)
    {
        string[] parts = name.Split('.');
        return parts is ["kns" or "ksa", _, ..] ? string.Join('.', [parts[0], Namespace(parts[1]), .. parts[2..]]) : name;
    }

    private static bool IsFree(string key) => key is "a" or "b" or "c";

    private static string Key(string key) => "team.io/" + key;

    private static string Value(string value) => value.Length == 0 ? value : value == "1" ? "one" : value == "2" ? "two" : value;

    private static string Reversed(string name) => "r" + string.Concat(name.Select(c => c switch
    {
        >= 'a' and <= 'z' => (char)('a' + 'z' - c),
        >= '0' and <= '9' => (char)('0' + '9' - c),
        _ => c,
    }));

    [GeneratedRegex("""(['"])(.*?)\1""")]
    private static partial Regex Quoted();

    [GeneratedRegex("""(?<![\w./'"-])([abc])(?![\w./'"-])(?:(\s*(?:==|!=|contains|starts with|ends with)\s*)(['"])(.*?)\3)?""")]
    private static partial Regex OneKey();

    [GeneratedRegex("""(team\.io/[abc]\s+(?:not\s+)?in\s*)(\{[^}]*\})""")]
    private static partial Regex InSets();
}
