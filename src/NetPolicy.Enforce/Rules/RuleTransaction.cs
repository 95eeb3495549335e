using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>Operations on one table that take effect together, or not at all.</summary>
/// <param name="Table">The table's name; its family is <c>inet</c>.</param>
/// <param name="Operations">The operations in order.</param>
public sealed record RuleTransaction(string Table, EquatableArray<RuleOperation> Operations);
