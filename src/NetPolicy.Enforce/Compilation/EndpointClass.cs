using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>Endpoints of the node that are judged by the same chain, for inspection.</summary>
/// <param name="Chain">The chain, without generation.</param>
/// <param name="Stage">Which stage it is.</param>
/// <param name="Direction">Which direction it judges.</param>
/// <param name="Members">The endpoints.</param>
/// <param name="IsOrdered">True if it is ordered rules rather than tables.</param>
/// <param name="ElementCount">Elements of its tables.</param>
public sealed record EndpointClass(
    string Chain, PolicyStage Stage, Direction Direction, EquatableArray<Endpoint> Members, bool IsOrdered, int ElementCount);
