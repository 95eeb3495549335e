using NetPolicy.Collections;
using NetPolicy.Manifests;

namespace NetPolicy.Laws.Documents;

/// <summary>Documents that are no world: of any kind, with anything in their fields.</summary>
public sealed record DocumentSet(EquatableArray<Manifest> Manifests)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join("\n", Manifests.Select(manifest => manifest.ToString()));
}
