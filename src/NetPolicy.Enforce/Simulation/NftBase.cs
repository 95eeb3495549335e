namespace NetPolicy.Enforce.Simulation;

/// <summary>Where a base chain hangs.</summary>
/// <param name="Type">The kind of base chain.</param>
/// <param name="Hook">The hook.</param>
/// <param name="Priority">Lower runs first; of equal ones the one declared last.</param>
/// <param name="Policy">The verdict at the end of the chain.</param>
public sealed record NftBase(NftChainType Type, Hook Hook, int Priority, NftVerdict Policy);
