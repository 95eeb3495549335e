namespace NetPolicy.Labels;

/// <summary>Why selector text does not parse.</summary>
/// <param name="Position">Zero-based offset in the text where reading stopped.</param>
/// <param name="Message">What was found and what was expected; lower-case, no final period.</param>
public sealed record SelectorError(int Position, string Message);
