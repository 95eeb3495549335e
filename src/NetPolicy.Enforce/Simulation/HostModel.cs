namespace NetPolicy.Enforce.Simulation;

/// <summary>What a <see cref="PacketWalk"/> must know of the host besides its rulesets.</summary>
public sealed class HostModel
{
    /// <summary>
    /// Routes a packet by its current destination (and mark): asked after prerouting, for locally generated packets before output
    /// and again when output has changed destination or mark.
    /// </summary>
    public required Func<PacketState, RouteDecision> Route { get; init; }

    /// <summary>
    /// Destination translation of new connections at priority -100 of prerouting and output, for callers without nat chains;
    /// asked when no nat chain has bound. Null: none.
    /// </summary>
    public Func<PacketState, NatBinding?>? Dnat { get; init; }

    /// <summary>The host's address on an interface, for masquerade and redirect. Null: such a rule throws <see cref="NftExecutionException"/>.</summary>
    public Func<string, PacketFamily, UInt128>? AddressOf { get; init; }
}
