namespace NetPolicy.Benchmarks.Quick;

/// <summary>What became of a row.</summary>
/// <param name="Row">The row.</param>
/// <param name="Measurement">What was measured; null if it took too long or failed.</param>
/// <param name="Failure">Why there is no measurement.</param>
public sealed record QuickResult(Row Row, Measurement? Measurement, string Failure = "")
{
    /// <summary><c>ok</c>, <c>over</c>, or <c>-</c> if there is no target.</summary>
    public string Verdict => Measurement is null ? "over" : Row.Target.IsMet(Measurement) switch { true => "ok", false => "over", null => "-" };

    /// <summary>One line of the table.</summary>
    public string Line
    {
        get
        {
            string target = Row.Target.Describe(Row.IsRate);
            if (Measurement is not { } m)
            {
                return $"{Row.Name,-26} {Failure,-50} {target,-34} {Verdict}";
            }

            string median = (Row.IsRate ? Units.Rate(m.Median) : Units.Time(m.Median)) + (m.P99 is { } p99 && !Row.IsRate ? $" (p99 {Units.Time(p99)})" : "");
            string allocated = m.Allocated is { } a ? Units.Bytes(a) : "-", retained = m.Retained is { } r ? Units.Bytes(r) : "-";
            string note = System.FormattableString.Invariant($"{m.Count} runs") + (m.Note.Length > 0 ? "; " + m.Note : "");
            return $"{Row.Name,-26} {median,-24} {allocated,-12} {retained,-12} {target,-34} {Verdict,-5} {note}";
        }
    }
}
