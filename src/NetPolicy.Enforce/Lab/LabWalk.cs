using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce.Lab;

/// <summary>What a <see cref="LabInterpreter"/> made of one probe.</summary>
/// <param name="Result">Its fate, as a lab would report it.</param>
/// <param name="Hosts">The way through each node it entered, in order.</param>
public sealed record LabWalk(LabResult Result, IReadOnlyList<WalkOutcome> Hosts)
{
    /// <summary>
    /// The comment of the rule that decided: of a lost packet the last one before it was lost, of another the last on its way. Null if no rule with a comment matched.
    /// </summary>
    public string? Rule => Result.Passed
        ? Hosts.SelectMany(host => host.NamedRules).LastOrDefault()?.Comment
        : Hosts.Count > 0 ? Hosts[^1].NamedRule?.Comment : null;
}
