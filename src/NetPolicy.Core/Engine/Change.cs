using NetPolicy.Collections;
using NetPolicy.Manifests;

namespace NetPolicy.Engine;

/// <summary>One change to what the engine knows.</summary>
public abstract record Change
{
    private protected Change()
    {
    }

    /// <summary>Adds a document, or replaces the one with the same identity.</summary>
    public sealed record Upsert(Manifest Manifest) : Change;

    /// <summary>Removes a document; nothing happens if there is none.</summary>
    public sealed record Remove(ObjectId Id) : Change;

    /// <summary>Forgets everything and takes these documents instead; of two for one object the last is kept.</summary>
    public sealed record ReplaceAll(EquatableArray<Manifest> Manifests) : Change;
}
