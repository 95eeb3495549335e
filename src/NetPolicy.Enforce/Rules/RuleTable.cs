using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>A whole ruleset: one table of family <c>inet</c>.</summary>
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
    EquatableArray<RuleChain> Chains);
