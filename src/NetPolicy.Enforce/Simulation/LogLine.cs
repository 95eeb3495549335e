namespace NetPolicy.Enforce.Simulation;

/// <summary>One packet that a <c>log</c> statement reported.</summary>
/// <param name="Prefix">The prefix; null: none.</param>
/// <param name="Group">The nflog group; null: the kernel log.</param>
/// <param name="Rule">The rule that logged.</param>
public sealed record LogLine(string? Prefix, ushort? Group, NftRule Rule);
