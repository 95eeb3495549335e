using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>A node under test: the network namespace that gets the ruleset.</summary>
/// <param name="Name">The node's name, unique.</param>
/// <param name="Addresses">Addresses on <paramref name="Interface"/>; the first of each family is the source of what the node sends.</param>
/// <param name="Interface">The interface that faces the outside, at most 15 bytes.</param>
/// <param name="PodRanges">Ranges the node's pods have their addresses from; other nodes' traffic to them is routed here.</param>
public sealed record LabNode(
    string Name,
    IReadOnlyList<IPAddress> Addresses,
    string Interface = "eth0",
    IReadOnlyList<LabRange>? PodRanges = null)
{
    /// <summary>Further interfaces that face the outside. A <see cref="LabClient"/> names the one it is behind; default none.</summary>
    public IReadOnlyList<LabInterface> ExtraInterfaces { get; init; } = [];
}
