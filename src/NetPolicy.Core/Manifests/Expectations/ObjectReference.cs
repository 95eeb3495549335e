namespace NetPolicy.Manifests.Expectations;

/// <summary>Names an object to remove.</summary>
public sealed record ObjectReference
{
    /// <summary><c>apiVersion</c>; null if the kind alone tells. Needed to tell Kubernetes' NetworkPolicy from Calico's when both have the name.</summary>
    public string? ApiVersion { get; init; }

    /// <summary><c>kind</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary><c>namespace</c>; null means <c>default</c> for namespaced kinds.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>name</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>True if <paramref name="manifest"/> is the object meant.</summary>
    public bool Matches(Manifest manifest) =>
        manifest.Kind == Kind
        && manifest.Id.Name == Name
        && (ApiVersion is null || manifest.ApiVersion == ApiVersion)
        && manifest.EffectiveNamespace == (manifest.IsNamespaced ? Namespace ?? "default" : null);
}
