using NetPolicy.Diagnostics;

namespace NetPolicy.Enforce.Tracing;

/// <summary>One rule that matched on a packet's way.</summary>
/// <param name="Hook">The hook, as nft calls it.</param>
/// <param name="Chain">The chain; with its table, if that is not ours.</param>
/// <param name="Rule">The rule as nft prints it; <c>policy</c> for a chain's end.</param>
/// <param name="Verdict">What it decided: <c>continue</c>, <c>accept</c>, <c>drop</c>, <c>jump c</c>, <c>goto c</c>, <c>return</c>.</param>
/// <param name="Owner">The policy rule it stands for, in the words of the counters; null for the layout's own rules.</param>
/// <param name="Span">Where that is written.</param>
public sealed record PacketTraceStep(string Hook, string Chain, string Rule, string Verdict, string? Owner, SourceSpan Span);
