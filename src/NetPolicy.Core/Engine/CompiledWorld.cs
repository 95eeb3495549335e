using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>What a <see cref="Compilation"/> yields: one generation, immutable, sharing with others what did not change.</summary>
/// <param name="Sets">By selector, the classes it selects.</param>
/// <param name="SetChanges">What made the sets from those of the generation before.</param>
/// <param name="Classes">By number; null where there is none.</param>
/// <param name="Seats">By the place of a selectable, what evaluation needs to know of it.</param>
/// <param name="Policies">Policies by their document.</param>
/// <param name="Tiers">Tiers in order.</param>
internal sealed record CompiledWorld(
    PersistentList<ClassSet> Sets,
    SetChanges SetChanges,
    PersistentList<EndpointClass?> Classes,
    PersistentList<Seat> Seats,
    PersistentMap<ObjectId, Policy> Policies,
    IReadOnlyList<Tier> Tiers);

/// <summary>Selectors that select other classes than in an earlier generation.</summary>
/// <param name="From">The sets of that generation.</param>
/// <param name="Selectors">Numbers of selectors.</param>
internal sealed record SetChanges(PersistentList<ClassSet> From, int[] Selectors);
