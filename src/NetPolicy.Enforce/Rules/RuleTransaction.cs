using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>Operations on one table, and on the one of family <c>bridge</c> that has its name, that take effect together, or not at all.</summary>
/// <param name="Table">The table's name; its family is <c>inet</c>.</param>
/// <param name="Operations">The operations in order.</param>
public sealed record RuleTransaction(string Table, EquatableArray<RuleOperation> Operations)
{
    /// <summary>Operations on the table of family <c>bridge</c>, after the others; none by default.</summary>
    public EquatableArray<RuleOperation> Bridge { get; init; }

    /// <summary>True if there is nothing to do.</summary>
    public bool IsEmpty => Operations.IsEmpty && Bridge.IsEmpty;
}
