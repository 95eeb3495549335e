using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>A set whose elements the kernel takes out again by itself.</summary>
/// <param name="Set">The set with the elements that are still in it.</param>
/// <param name="Remaining">How long the first of them to go stays yet.</param>
internal sealed record LoadedTimedSet(RuleSet Set, TimeSpan Remaining);
