using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>A way out of a <see cref="PolicySet"/> was taken although it has errors. The message has all of them, one a line.</summary>
public sealed class InvalidPolicySetException : Exception
{
    internal InvalidPolicySetException(string setName, EquatableArray<Diagnostic> diagnostics)
        : base($"policy set `{setName}` has errors:{string.Concat(diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"\n{d}"))}")
    {
        SetName = setName;
        Diagnostics = diagnostics;
    }

    /// <summary>The set's name.</summary>
    public string SetName { get; }

    /// <summary>All findings of the set, errors and others.</summary>
    public EquatableArray<Diagnostic> Diagnostics { get; }
}
