using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>A named set of values.</summary>
/// <param name="Name">Name.</param>
/// <param name="Fields">What its values are of.</param>
/// <param name="Elements">The values in order of writing; disjoint.</param>
/// <param name="IsInterval">True if elements may be ranges.</param>
/// <param name="Size">Elements it is made for, and can hold at most; 0 if it grows by itself. Only for those without ranges.</param>
public sealed record RuleSet(string Name, EquatableArray<RuleField> Fields, EquatableArray<RuleValue> Elements, bool IsInterval, int Size = 0);
