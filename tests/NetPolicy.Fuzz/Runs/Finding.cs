using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>An input that breaks something.</summary>
/// <param name="Kind">What tells it from other findings: the law, or the exception and where it came from.</param>
/// <param name="Message">What was seen.</param>
/// <param name="Input">The smallest input found that shows it.</param>
/// <param name="Number">The number of the input it was first seen with.</param>
public sealed record Finding(string Kind, string Message, FuzzInput Input, ulong Number);
