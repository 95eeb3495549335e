using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>A Namespace; policy sees its labels.</summary>
public sealed record NamespaceManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "Namespace";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;
}
