using NetPolicy.Collections;
using NetPolicy.Manifests;

namespace NetPolicy.Engine;

/// <summary>What a batch of changes did.</summary>
/// <param name="Snapshot">The world after it.</param>
/// <param name="Changed">Identities of documents that came, went or differ, in ordinal order; empty if the batch changed nothing.</param>
public sealed record Delta(Snapshot Snapshot, EquatableArray<ObjectId> Changed)
{
    /// <summary>What became of the documents of <see cref="PolicyEngine.Replace"/>; if they were rejected, <see cref="Snapshot"/> is the one before. Null for other changes.</summary>
    public Admission? Admission { get; init; }
}
