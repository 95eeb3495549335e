using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce.Lab;

/// <summary>What a <see cref="LabInterpreter"/> made of one probe.</summary>
/// <param name="Result">Its fate, as a lab would report it.</param>
/// <param name="Hosts">The way through each node it entered, in order.</param>
public sealed record LabWalk(LabResult Result, IReadOnlyList<WalkOutcome> Hosts)
{
    private const string OwnPrefix = "netpol ";

    /// <summary>Names of the nodes, one for each of <see cref="Hosts"/>.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>
    /// The comment of the rule that decided: of a lost packet the last one before it was lost, of another the last on its way; comments of the ruleset's
    /// own counters, which begin with <c>netpol</c>, only where there is no other. Null if no rule with a comment matched.
    /// </summary>
    public string? Rule
    {
        get
        {
            string[] comments = [.. Named().Select(rule => rule.Comment!)];
            return comments.LastOrDefault(comment => !comment.StartsWith(OwnPrefix, StringComparison.Ordinal)) ?? comments.LastOrDefault();
        }
    }

    private IEnumerable<NftRule> Named() =>
        Result.Passed ? Hosts.SelectMany(host => host.NamedRules)
        : Hosts.Count > 0 && Hosts[^1].Hooks.Count > 0 && Hosts[^1].Hooks[^1].Chains.Count > 0 ? Hosts[^1].Hooks[^1].Chains[^1].NamedRules
        : [];
}
