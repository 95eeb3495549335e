using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests;

/// <summary>A document as its author wrote it: nothing defaulted, absent and empty kept apart (null and an empty list).</summary>
/// <remarks>Compared by content; <see cref="Source"/> takes no part in equality.</remarks>
public abstract record Manifest
{
    /// <summary>The document's <c>apiVersion</c>.</summary>
    public abstract string ApiVersion { get; }

    /// <summary>The document's <c>kind</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Name, namespace, labels and annotations.</summary>
    public ObjectMetadata Metadata { get; init; } = ObjectMetadata.Empty;

    /// <summary>Where it is written.</summary>
    public SourceMap Source { get; init; } = SourceMap.None;

    /// <summary>True for what isolates the subject of a policy with errors in its place; such a document was written by nobody.</summary>
    public bool IsStandIn { get; init; }

    /// <summary>True for kinds that live in a namespace; their absent namespace means <c>default</c>.</summary>
    public abstract bool IsNamespaced { get; }

    /// <summary>The namespace the object lives in: as written, <c>default</c> if absent, null for cluster-scoped kinds.</summary>
    public string? EffectiveNamespace => !IsNamespaced ? null : string.IsNullOrEmpty(Metadata.Namespace) ? "default" : Metadata.Namespace;

    /// <summary>The place of a field; see <see cref="SourceMap.Find"/>.</summary>
    public SourceSpan SpanOf(string path) => Source.Find(path);

    /// <summary>API group without version (empty for <c>v1</c>), kind, namespace and name: what makes two documents speak of one object.</summary>
    public ObjectId Id => new(GroupOf(ApiVersion), Kind, EffectiveNamespace, Metadata.Name ?? "");

    private static string GroupOf(string apiVersion)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        ReadOnlySpan<char> group = slash < 0 ? default : apiVersion.AsSpan(0, slash);

        // Each object is asked for its identity many times, and keys keep the group.
        return group switch
        {
            "" => "",
            "networking.k8s.io" => "networking.k8s.io",
            "projectcalico.org" => "projectcalico.org",
            "policy.networking.k8s.io" => "policy.networking.k8s.io",
            "crd.projectcalico.org" => "crd.projectcalico.org",
            "discovery.k8s.io" => "discovery.k8s.io",
            _ => group.ToString(),
        };
    }
}
