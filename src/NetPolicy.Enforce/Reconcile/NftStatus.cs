namespace NetPolicy.Enforce;

/// <summary>What a machine has loaded.</summary>
/// <param name="Table">Name of the table asked for.</param>
/// <param name="IsInstalled">True if it exists and is ours.</param>
/// <param name="Generation">The generation that decides; 0 if none does.</param>
/// <param name="Comment">The table's comment; empty if there is no table.</param>
/// <param name="Packets">Packets counted, by the comment beside the counter, in ordinal order.</param>
public sealed record NftStatus(string Table, bool IsInstalled, int Generation, string Comment, IReadOnlyDictionary<string, ulong> Packets);
