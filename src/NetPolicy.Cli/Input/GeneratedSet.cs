namespace NetPolicy.Cli.Input;

/// <summary>A policy set of a loaded assembly, as texts.</summary>
/// <param name="Member">The member that holds it.</param>
/// <param name="Folder">Where its files belong.</param>
/// <param name="IsValid">True if no finding is an error; otherwise there are no files.</param>
/// <param name="Findings">What the set reports, a line each.</param>
/// <param name="Files">Relative paths and texts.</param>
internal sealed record GeneratedSet(string Member, string Folder, bool IsValid, IReadOnlyList<string> Findings, IReadOnlyList<(string Path, string Text)> Files);
