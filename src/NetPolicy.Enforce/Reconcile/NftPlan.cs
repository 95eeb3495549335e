using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Nft;

namespace NetPolicy.Enforce;

/// <summary>The transactions that bring a machine to a ruleset, in order. Each is atomic, and between any two the old or the new rules decide.</summary>
/// <param name="Generation">The epoch that accepted connections are marked with afterwards.</param>
/// <param name="Steps">The transactions; none if the machine decides by the ruleset already.</param>
public sealed record NftPlan(int Generation, EquatableArray<NftStep> Steps)
{
    /// <summary>
    /// Addresses that belong to other workloads afterwards or to none, in ascending order; with <see cref="EstablishedConnections.Keep"/> those that nobody had before too. What is connected with them ended with the ownership: once the new rules are in force,
    /// these connections are denied until a packet of theirs is allowed as a new one would be, whatever <see cref="EnforcementOptions.EstablishedConnections"/> says.
    /// </summary>
    public EquatableArray<IpAddress> Resets { get; init; } = [];

    /// <summary>The steps as nft reads them.</summary>
    public IEnumerable<string> Scripts => Steps.Select(s => NftWriter.Write(s.Transaction));
}
