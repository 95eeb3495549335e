namespace NetPolicy.Enforce.Rules;

/// <summary>An element of a map: where packets with the key go.</summary>
/// <param name="Key">The key.</param>
/// <param name="Verdict">Where they go.</param>
public readonly record struct RuleElement(RuleValue Key, RuleVerdict Verdict);
