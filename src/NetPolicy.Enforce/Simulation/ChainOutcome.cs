namespace NetPolicy.Enforce.Simulation;

/// <summary>What one base chain decided.</summary>
/// <param name="Chain">The base chain.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="DecidingRule">The rule that gave the verdict; null: the policy.</param>
/// <param name="NamedRules">The rules with a comment that matched, in order: the last one names the decision.</param>
public sealed record ChainOutcome(NftChain Chain, NftVerdict Verdict, NftRule? DecidingRule, IReadOnlyList<NftRule> NamedRules);
