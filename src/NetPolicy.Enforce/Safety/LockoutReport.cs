using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Enforce.Safety;

/// <summary>What a <see cref="LockoutCheck"/> found.</summary>
/// <param name="Kept">Connections that were shown to survive.</param>
/// <param name="Diagnostics">NP5001 for each that would be cut, NP5002 for each that could not be judged.</param>
public sealed record LockoutReport(EquatableArray<ManagementFlow> Kept, EquatableArray<Diagnostic> Diagnostics)
{
    /// <summary>True if no connection would be cut.</summary>
    public bool IsSafe => Diagnostics.AsEnumerable().All(d => d.Severity != DiagnosticSeverity.Error);
}
