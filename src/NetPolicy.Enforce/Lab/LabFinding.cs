using NetPolicy.Engine;

namespace NetPolicy.Enforce.Lab;

/// <summary>What became of a flow in a lab.</summary>
/// <param name="Verdict">Allowed if every path was open, denied if one was not; undecided if a packet came out where it must not.</param>
/// <param name="Stray">For an undecided flow what happened; null otherwise.</param>
public readonly record struct LabFinding(Verdict Verdict, string? Stray);
