using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>A named map from values to chains.</summary>
/// <param name="Name">Name.</param>
/// <param name="Fields">What its keys are of.</param>
/// <param name="Elements">Keys and verdicts in order of writing; keys are disjoint.</param>
/// <param name="IsInterval">True if keys may be ranges.</param>
/// <param name="Size">Elements it is made for, and can hold at most; 0 if it grows by itself. Only for those without ranges.</param>
public sealed record RuleMap(string Name, EquatableArray<RuleField> Fields, EquatableArray<RuleElement> Elements, bool IsInterval, int Size = 0);
