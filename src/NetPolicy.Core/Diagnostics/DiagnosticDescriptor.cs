namespace NetPolicy.Diagnostics;

/// <summary>A kind of finding: what stays the same each time it is reported.</summary>
/// <param name="Id">Stable id: NP1xxx syntax, NP2xxx validity, NP3xxx analysis, NP4xxx rendering, NP5xxx applying. Never reused.</param>
/// <param name="Severity">How bad it is by default.</param>
/// <param name="Title">One phrase that names the kind.</param>
/// <param name="Help">What to do about it.</param>
public sealed record DiagnosticDescriptor(string Id, DiagnosticSeverity Severity, string Title, string Help);
