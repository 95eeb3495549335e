using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>Collects the documents of a world; single use. Texts are never shared between documents, as if each had been read on its own.</summary>
public sealed class WorldBuilder
{
    private readonly List<Manifest> _manifests = [];
    private uint _nextAddress = (10u << 24) + 256;

    /// <summary>The world.</summary>
    public World Build(string name) => new(name, _manifests);

    /// <summary>Adds a document.</summary>
    public void Add(Manifest manifest) => _manifests.Add(manifest);

    /// <summary>Adds a namespace with the label every namespace has, and <paramref name="labels"/>.</summary>
    public void Namespace(string name, params (string Key, string Value)[] labels) => _manifests.Add(new NamespaceManifest
    {
        Metadata = Metadata(name, null, [("kubernetes.io/metadata.name", name), .. labels]),
    });

    /// <summary>Adds a running pod with the next free address.</summary>
    public void Pod(string name, string @namespace, (string Key, string Value)[] labels, string? node = null, params ContainerPort[] ports) =>
        _manifests.Add(PodOf(name, @namespace, _nextAddress++, labels, node, ports));

    /// <summary>
    /// Adds the pods of a workload: <paramref name="count"/> of one ReplicaSet, and as many of another for every further replica factor.
    /// </summary>
    public void Workload(string name, string @namespace, int count, int replicas, (string Key, string Value)[] labels, params ContainerPort[] ports)
    {
        for (int set = 0; set < replicas; set++)
        {
            string hash = Hash(@namespace, name, set);
            for (int i = 0; i < count; i++)
            {
                Pod($"{name}-{hash}-{Letters(i)}", @namespace, [.. labels, ("pod-template-hash", hash)], null, ports);
            }
        }
    }

    /// <summary>A running pod.</summary>
    public static PodManifest PodOf(
        string name, string @namespace, uint address, (string Key, string Value)[] labels, string? node = null, params ContainerPort[] ports) => new()
    {
        Metadata = Metadata(name, @namespace, labels),
        Spec = new PodSpec { NodeName = node is null ? null : Fresh(node), Ports = [.. ports] },
        Phase = Fresh("Running"),
        Addresses = [IpAddress.FromIPv4(address).ToString()],
    };

    /// <summary>A Kubernetes policy.</summary>
    public static NetworkPolicyManifest Policy(
        string name, string @namespace, LabelSelectorSpec subject, NetworkPolicyRule[]? ingress, NetworkPolicyRule[]? egress = null) => new()
    {
        Metadata = Metadata(name, @namespace, []),
        Spec = new NetworkPolicySpec
        {
            PodSelector = subject,
            PolicyTypes = [.. ingress is null ? [] : new[] { Fresh("Ingress") }, .. egress is null ? [] : new[] { Fresh("Egress") }],
            Ingress = ingress is null ? null : [.. ingress],
            Egress = egress is null ? null : [.. egress],
        },
    };

    /// <summary>A rule.</summary>
    public static NetworkPolicyRule Rule(NetworkPolicyPeer[] peers, params NetworkPolicyPort[] ports) => new()
    {
        Peers = peers.Length == 0 ? null : [.. peers],
        Ports = ports.Length == 0 ? null : [.. ports],
    };

    /// <summary>A TCP port.</summary>
    public static NetworkPolicyPort Tcp(int port) => new() { Protocol = Fresh("TCP"), Port = IntOrString.Of(port) };

    /// <summary>Pods of the policy's own namespace.</summary>
    public static NetworkPolicyPeer Pods(LabelSelectorSpec selector) => new() { PodSelector = selector };

    /// <summary>Every pod.</summary>
    public static LabelSelectorSpec Everything() => new();

    /// <summary>Pods, or namespaces, with these labels.</summary>
    public static LabelSelectorSpec With(params (string Key, string Value)[] labels) => new() { MatchLabels = Map(labels) };

    /// <summary>Pods, or namespaces, whose label has one of these values.</summary>
    public static LabelSelectorSpec In(string key, params IEnumerable<string> values) => new()
    {
        MatchExpressions = [new LabelRequirement { Key = Fresh(key), Operator = Fresh("In"), Values = [.. values.Select(Fresh)] }],
    };

    /// <summary>Metadata with texts of its own.</summary>
    public static ObjectMetadata Metadata(string name, string? @namespace, (string Key, string Value)[] labels) => new()
    {
        Name = Fresh(name),
        Namespace = @namespace is null ? null : Fresh(@namespace),
        Labels = labels.Length == 0 ? null : Map(labels),
    };

    /// <summary>A map with texts of its own.</summary>
    public static EquatableMap<string> Map(params (string Key, string Value)[] entries) =>
        new(entries.Select(e => new KeyValuePair<string, string>(Fresh(e.Key), Fresh(e.Value))));

    /// <summary>Number as text.</summary>
    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A short hash that depends on its arguments alone.</summary>
    public static string Hash(string @namespace, string name, int set)
    {
        uint hash = 2166136261;
        foreach (char c in @namespace + "/" + name)
        {
            hash = (hash ^ c) * 16777619;
        }

        return ((hash ^ (uint)set) * 2654435761).ToString("x8", CultureInfo.InvariantCulture);
    }

    // What a reader of text would make: every occurrence is a string of its own.
    internal static string Fresh(string text) => new(text.AsSpan());

    private static string Letters(int index)
    {
        Span<char> letters = stackalloc char[5];
        for (int i = letters.Length - 1; i >= 0; i--)
        {
            letters[i] = "bcdfghjklmnpqrstvwxz"[index % 20];
            index /= 20;
        }

        return letters.ToString();
    }
}
