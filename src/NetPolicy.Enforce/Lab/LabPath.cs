using NetPolicy.Inventory;

namespace NetPolicy.Enforce.Lab;

/// <summary>One way of a flow. It is open if every leg is.</summary>
/// <param name="Backend">The Service's backend it leads to; null if no Service takes part.</param>
/// <param name="Legs">
/// Mostly one. Two where a packet leaves a node under test and comes back translated by something that is not: the second is then sent
/// from outside with the first one's source.
/// </param>
public sealed record LabPath(Backend? Backend, IReadOnlyList<LabLeg> Legs);
