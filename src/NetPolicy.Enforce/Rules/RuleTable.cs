using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>A table.</summary>
/// <param name="Name">Name.</param>
/// <param name="Comment">Marks the table as ours and names the options it was compiled with.</param>
/// <param name="Identities">Maps from addresses to identities.</param>
/// <param name="Sets">Named sets.</param>
/// <param name="Maps">Maps to verdicts.</param>
/// <param name="Chains">Chains; those with a hook last.</param>
public sealed record RuleTable(
    string Name,
    string Comment,
    EquatableArray<IdentityMap> Identities,
    EquatableArray<RuleSet> Sets,
    EquatableArray<RuleMap> Maps,
    EquatableArray<RuleChain> Chains)
{
    /// <summary>Which packets it sees; IPv4 and IPv6 by default.</summary>
    public RuleFamily Family { get; init; }

    /// <summary>
    /// The table as the kernel knows it: versions at the end of the names of all but shared and base chains, and epochs as bits of the connection's mark.
    /// </summary>
    /// <param name="version">The end of names; 1 or more.</param>
    /// <param name="epoch">What accepted connections are marked with; 0 accepts none by its mark and judges every packet.</param>
    /// <param name="previous">The epoch before it; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number does not fit.</exception>
    public RuleTable Resolve(int version, int epoch, int previous) => new TableResolver(this, version, new EpochPair(epoch, previous)).Resolve();
}
