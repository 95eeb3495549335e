using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>A ServiceAccount; policy sees its name and labels.</summary>
public sealed record ServiceAccountManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "v1";

    /// <inheritdoc/>
    public override string Kind => "ServiceAccount";

    /// <inheritdoc/>
    public override bool IsNamespaced => true;
}
