using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>
/// The addresses that domain names are known to have. No Kubernetes object: a dataplane learns them from DNS, an evaluation is told them
/// (cluster policy specification §2.5).
/// </summary>
public sealed record DomainNamesManifest : Manifest
{
    /// <summary>Always empty: the document is no Kubernetes object.</summary>
    public override string ApiVersion => "";

    /// <inheritdoc/>
    public override string Kind => "DomainNames";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>names</c>: IPv4 and IPv6 addresses by name, such as <c>example.io</c>. Never a pattern.</summary>
    public EquatableMap<EquatableArray<string>> Names { get; init; }
}
