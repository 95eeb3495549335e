using NetPolicy.Collections;

namespace NetPolicy.Enforce.Observation;

/// <summary>A chain of a table that is not ours.</summary>
/// <param name="Table">Family and name of the table, such as <c>inet firewalld</c>.</param>
/// <param name="Name">The chain.</param>
/// <param name="Hook">The hook it hangs on; null if only other chains call it.</param>
/// <param name="Priority">Its priority at the hook, as nft prints it; empty without hook.</param>
/// <param name="DropsByPolicy">True if packets that no rule decides are dropped.</param>
/// <param name="Rules">Its rules, as nft prints them.</param>
public sealed record ForeignChain(string Table, string Name, string? Hook, string Priority, bool DropsByPolicy, EquatableArray<string> Rules);
