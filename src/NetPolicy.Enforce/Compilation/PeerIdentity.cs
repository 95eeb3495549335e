using NetPolicy.Addresses;

namespace NetPolicy.Enforce;

/// <summary>Addresses that no rule on this node tells apart.</summary>
/// <param name="Number">The number by which rules know them; never 0, which is denied everywhere.</param>
/// <param name="Example">One of the addresses.</param>
/// <param name="IsOwnNode">True if they are the node's own.</param>
public sealed record PeerIdentity(uint Number, IpAddress Example, bool IsOwnNode);
