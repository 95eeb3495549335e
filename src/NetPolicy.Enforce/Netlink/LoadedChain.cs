using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>A chain as the kernel has it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Hook">Where it is called from; null for chains that other chains call.</param>
/// <param name="Rules">Its rules in order.</param>
internal sealed record LoadedChain(string Name, RuleHook? Hook, EquatableArray<LoadedRule> Rules);
