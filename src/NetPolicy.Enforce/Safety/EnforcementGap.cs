using NetPolicy.Diagnostics;

namespace NetPolicy.Enforce.Safety;

/// <summary>Packets that do not meet our rules as policy means them, or rules of others that stand in their way.</summary>
/// <param name="Name">What it is called where it is accepted, such as <c>ipvs</c> or <c>pod:shop/web</c>.</param>
/// <param name="Finding">What was found, and where.</param>
public sealed record EnforcementGap(string Name, Diagnostic Finding)
{
    /// <summary>The kind: the name up to the first colon.</summary>
    public string Kind => Name.Split(':')[0];

    /// <summary>True if one of <paramref name="names"/> is this gap's name or kind.</summary>
    public bool IsAccepted(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Any(n => n == Name || n == Kind);
    }

    /// <summary>The finding, as a warning if somebody accepted it.</summary>
    public Diagnostic Judged(IEnumerable<string> accepted) => IsAccepted(accepted) ? Finding with { Severity = DiagnosticSeverity.Warning } : Finding;
}
