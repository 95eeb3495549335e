using System.Globalization;

namespace NetPolicy.Spec;

/// <summary>A document of a kind that the specifications know, with its name and namespace.</summary>
internal sealed class SpecDocument
{
    private static readonly string[] CoreKinds = ["Namespace", "Pod", "ServiceAccount", "Node", "Service", "ReplicationController"];
    private static readonly string[] AppsKinds = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"];
    private static readonly string[] ClusterScoped =
        [
        "Namespace", "Node", "HostEndpoint", "GlobalNetworkSet", "Profile", "Tier", "FelixConfiguration", "GlobalNetworkPolicy", "StagedGlobalNetworkPolicy",
        "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy", "DomainNames",
    ];

    private static readonly string[] CalicoKinds =
    [
        "NetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy",
        "WorkloadEndpoint", "HostEndpoint", "NetworkSet", "GlobalNetworkSet", "Profile", "Tier", "FelixConfiguration",
    ];

    private SpecDocument(SpecNode node, string kind, string group)
    {
        Node = node;
        Kind = kind;
        IsCalico = group == "projectcalico.org";
        IsCluster = group == "policy.networking.k8s.io";
        Name = Metadata["name"].Text ?? (kind == "DomainNames" ? "" : throw new FormatException($"a {kind} without a name"));
        Namespace = ClusterScoped.Contains(kind) ? null : Metadata["namespace"].Text is { Length: > 0 } ns ? ns : "default";
    }

    public SpecNode Node { get; }

    public string Kind { get; }

    public bool IsCalico { get; }

    /// <summary>A cluster policy: AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy.</summary>
    public bool IsCluster { get; }

    public string Name { get; }

    /// <summary>Null for cluster-scoped kinds; absent = <c>default</c>.</summary>
    public string? Namespace { get; }

    public string Id => Namespace is null ? Name : Namespace + "/" + Name;

    public SpecNode Metadata => Node["metadata"];

    public SpecNode Spec => Node["spec"];

    public Dictionary<string, string> Labels => Metadata["labels"].Map();

    /// <summary>The documents that count, each object once.</summary>
    public static List<SpecDocument> Read(IEnumerable<string> texts)
    {
        List<SpecDocument> documents = [];
        Dictionary<string, SpecDocument> seen = new(StringComparer.Ordinal);
        foreach (SpecNode node in texts.SelectMany(SpecNode.ReadDocuments))
        {
            if (Recognise(node) is not { } document)
            {
                continue;
            }

            string identity = string.Create(CultureInfo.InvariantCulture, $"{document.IsCalico} {document.Kind} {document.Id}");
            if (seen.TryAdd(identity, document))
            {
                documents.Add(document);
            }
            else if (!seen[identity].Node.Same(node))
            {
                throw new FormatException($"two different documents for {document.Kind} `{document.Id}`");
            }
        }

        return documents;
    }

    private static SpecDocument? Recognise(SpecNode node)
    {
        string kind = node["kind"].Text ?? "";
        string version = node["apiVersion"].Text ?? "";
        int slash = version.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? "" : version[..slash];
        bool known = group switch
        {
            "" => (version == "v1" && CoreKinds.Contains(kind)) || (version.Length == 0 && kind == "DomainNames"),
            "apps" => AppsKinds.Contains(kind),
            "batch" => kind is "Job" or "CronJob",
            "discovery.k8s.io" => kind == "EndpointSlice",
            "networking.k8s.io" => kind == "NetworkPolicy",
            "projectcalico.org" => CalicoKinds.Contains(kind),
            "policy.networking.k8s.io" => (version, kind) is
                ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy" or "BaselineAdminNetworkPolicy")
                or ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"),
            _ => false,
        };
        return known ? new SpecDocument(node, kind, group) : null;
    }
}

/// <summary>Protocol names and numbers (Calico 1.5; Kubernetes 1).</summary>
internal static class SpecProtocol
{
    /// <summary>A protocol of a document; names are case-sensitive.</summary>
    public static int Parse(SpecNode node, string absent)
    {
        string text = node.Text ?? absent;
        return Known(text) ?? Number(text) ?? throw new FormatException($"`{text}` is not a protocol");
    }

    /// <summary>A protocol of a container's or a Service's port, where nothing written is the same as empty text: TCP (Kubernetes 3; row 89).</summary>
    public static int ParseOrTcp(SpecNode node) => node.Text is null or "" ? 6 : Parse(node, "TCP");

    /// <summary>A protocol of a flow: a name in any case, or a number.</summary>
    public static int ParseFlow(string text)
    {
        string name = text.ToUpperInvariant();
        name = name == "ICMPV6" ? "ICMPv6" : name == "UDPLITE" ? "UDPLite" : name;
        return Known(name) ?? Number(text) ?? throw new ArgumentException($"`{text}` is not a protocol", nameof(text));
    }

    private static int? Known(string name) => name switch
    {
        "TCP" => 6,
        "UDP" => 17,
        "SCTP" => 132,
        "ICMP" => 1,
        "ICMPv6" => 58,
        "UDPLite" => 136,
        _ => null,
    };

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 255 ? number : null;
}
