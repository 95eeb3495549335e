namespace NetPolicy.Diagnostics;

/// <summary>How bad a finding is.</summary>
public enum DiagnosticSeverity : byte
{
    /// <summary>The input cannot be used as written. Zero, so that a forgotten severity is never played down.</summary>
    Error = 0,

    /// <summary>The input is usable but probably does not mean what its author thinks.</summary>
    Warning,

    /// <summary>Worth knowing.</summary>
    Info,
}
