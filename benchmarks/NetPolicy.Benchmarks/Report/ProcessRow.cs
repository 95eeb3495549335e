namespace NetPolicy.Benchmarks.Report;

/// <summary>One line of <c>benchmarks/processes.sh</c>.</summary>
/// <param name="Name">What ran.</param>
/// <param name="Milliseconds">Median time; null if it took too long.</param>
/// <param name="Kilobytes">Most resident memory; null if it took too long.</param>
/// <param name="TargetMilliseconds">What it should take; 0 for no target.</param>
/// <param name="TargetKilobytes">What it should need; 0 for no target.</param>
/// <param name="Verdict"><c>ok</c>, <c>over</c> or <c>-</c>.</param>
public sealed record ProcessRow(string Name, double? Milliseconds, long? Kilobytes, int TargetMilliseconds, long TargetKilobytes, string Verdict);
