namespace NetPolicy.Dsl;

/// <summary>A rule in the making and what it belongs to.</summary>
internal readonly record struct OpenRule<TPolicy>(IRuleTarget<TPolicy> Target, RuleLink Link);
