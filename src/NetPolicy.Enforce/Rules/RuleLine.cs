using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>One rule of a chain.</summary>
/// <param name="Statements">Its steps in order.</param>
/// <param name="Comment">What it stands for; null for rules that need no name. At most 128 bytes.</param>
public sealed record RuleLine(EquatableArray<RuleStatement> Statements, string? Comment = null);
