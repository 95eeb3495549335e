using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>A chain of rules.</summary>
/// <param name="Name">Name.</param>
/// <param name="Rules">Its rules in order.</param>
/// <param name="Hook">Where it is called from; null for chains that other chains call.</param>
/// <param name="IsShared">True if its content never changes under its name, so that a new ruleset keeps it and its counters.</param>
public sealed record RuleChain(string Name, EquatableArray<RuleLine> Rules, RuleHook? Hook = null, bool IsShared = false);
