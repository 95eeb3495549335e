namespace NetPolicy.Enforce.Simulation;

/// <summary>What became of a packet.</summary>
/// <param name="Verdict">Accept: it reached its process or left on its interface.</param>
/// <param name="Journey">The way it took, as far as it got.</param>
/// <param name="Hooks">What each part of each hook decided, in order.</param>
/// <param name="State">The packet at the end: translated addresses, marks, connection.</param>
/// <param name="IsUnroutable">Whether it was lost for want of a route and not by a rule.</param>
public sealed record WalkOutcome(NftVerdict Verdict, Journey Journey, IReadOnlyList<HookOutcome> Hooks, PacketState State, bool IsUnroutable)
{
    /// <summary>The hook that dropped the packet; null: none did.</summary>
    public Hook? DroppedAt => Verdict == NftVerdict.Drop && !IsUnroutable && Hooks.Count > 0 ? Hooks[^1].Hook : null;

    /// <summary>How the packet was rejected; null: it was not.</summary>
    public string? Rejection => Hooks.Count > 0 ? Hooks[^1].Rejection : null;

    /// <summary>What was logged on the way, in order.</summary>
    public IEnumerable<LogLine> Logs => Hooks.SelectMany(hook => hook.Logs);

    /// <summary>The rules with a comment that matched on the way, in order.</summary>
    public IEnumerable<NftRule> NamedRules => Hooks.SelectMany(hook => hook.Chains).SelectMany(chain => chain.NamedRules);

    /// <summary>
    /// The rule that names the decision: for a dropped packet the last one with a comment in the base chain that dropped it, for
    /// an accepted one the last one anywhere. Null: none.
    /// </summary>
    public NftRule? NamedRule => Verdict == NftVerdict.Drop ? (Hooks.Count > 0 ? Hooks[^1].NamedRule : null) : NamedRules.LastOrDefault();
}
