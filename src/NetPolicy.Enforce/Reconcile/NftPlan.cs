using NetPolicy.Collections;

namespace NetPolicy.Enforce;

/// <summary>The transactions that bring a machine to a ruleset, in order. Each is atomic, and between any two the old or the new rules decide.</summary>
/// <param name="Generation">The generation that decides afterwards.</param>
/// <param name="Prepare">Scripts that load what nothing reaches yet, after clearing what an interrupted change left; may be empty.</param>
/// <param name="Switch">The script by which the new rules take over.</param>
/// <param name="Clean">The script that takes away what nothing reaches any more; empty if there is nothing.</param>
public sealed record NftPlan(int Generation, EquatableArray<string> Prepare, string Switch, string Clean);
