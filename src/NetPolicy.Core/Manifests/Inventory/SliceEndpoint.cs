using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>One endpoint of an EndpointSlice.</summary>
public sealed record SliceEndpoint
{
    /// <summary><c>addresses</c>.</summary>
    public EquatableArray<string> Addresses { get; init; }

    /// <summary><c>conditions.ready</c>; absent counts as ready.</summary>
    public bool IsReady { get; init; } = true;
}
