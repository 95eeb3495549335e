using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>What a <see cref="Compilation"/> yields: one generation, immutable, sharing with others what did not change.</summary>
/// <param name="Sets">By selector, the classes it selects.</param>
/// <param name="Classes">By number; null where there is none.</param>
/// <param name="ClassOf">By the place of a selectable, the number of its class; -1 for empty places.</param>
/// <param name="Policies">Policies by their document.</param>
/// <param name="Tiers">Tiers in order.</param>
internal sealed record CompiledWorld(
    PersistentList<ClassSet> Sets,
    PersistentList<EndpointClass?> Classes,
    PersistentList<int> ClassOf,
    PersistentMap<ObjectId, Policy> Policies,
    IReadOnlyList<Tier> Tiers);
