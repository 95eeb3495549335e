using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>A rule as the kernel has it.</summary>
/// <param name="Line">What it says; null if it says what the product has no words for.</param>
/// <param name="Comment">Its comment; null for none.</param>
/// <param name="Handle">The kernel's number of it; 0 for rules that are not loaded.</param>
/// <param name="Packets">Packets its counters have counted.</param>
/// <param name="Bytes">Bytes its counters have counted.</param>
/// <param name="Counters">How many counters it has.</param>
/// <param name="WhyForeign">Why there is no <paramref name="Line"/>; empty if there is one.</param>
internal sealed record LoadedRule(RuleLine? Line, string? Comment, ulong Handle, ulong Packets, ulong Bytes, int Counters, string WhyForeign = "");
