namespace NetPolicy.Manifests;

/// <summary>The identity of an object in a cluster.</summary>
/// <param name="Group">API group without version; empty for the core group.</param>
/// <param name="Kind">Kind, such as <c>NetworkPolicy</c>.</param>
/// <param name="Namespace">Namespace, or null for cluster-scoped kinds.</param>
/// <param name="Name">Name.</param>
public readonly record struct ObjectId(string Group, string Kind, string? Namespace, string Name)
{
    /// <summary><c>Kind namespace/name</c>.</summary>
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
