namespace NetPolicy.Enforce.Lab;

/// <summary>A probe's fate together with the rules that counted it.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Rules">Comments whose counters rose, on any node, in ordinal order.</param>
public sealed record LabObservation(LabResult Result, IReadOnlyList<string> Rules);
