namespace NetPolicy.Enforce.Simulation;

/// <summary>What a hook did with a packet.</summary>
/// <param name="Hook">The hook.</param>
/// <param name="Verdict">Drop as soon as one base chain drops; otherwise accept.</param>
/// <param name="Chains">The base chains that ran, in order; the last one is the one that dropped, if any.</param>
/// <param name="Rejection">How the packet was rejected (<c>tcp reset</c>, <c>icmpx admin-prohibited</c>, ...); null: it was not.</param>
/// <param name="Logs">What was logged, in order.</param>
/// <param name="Trace">Every matching rule, in order; empty unless <see cref="NftMachine.RecordsTrace"/>.</param>
public sealed record HookOutcome(
    Hook Hook,
    NftVerdict Verdict,
    IReadOnlyList<ChainOutcome> Chains,
    string? Rejection,
    IReadOnlyList<LogLine> Logs,
    IReadOnlyList<TraceStep> Trace)
{
    /// <summary>The rule that ended the hook; null: a policy, or no base chain.</summary>
    public NftRule? DecidingRule => Chains.Count == 0 ? null : Chains[^1].DecidingRule;

    /// <summary>The last matching rule with a comment before the verdict, in the last base chain that has one; null: none.</summary>
    public NftRule? NamedRule
    {
        get
        {
            for (int index = Chains.Count - 1; index >= 0; index--)
            {
                if (Chains[index].NamedRules.Count > 0)
                {
                    return Chains[index].NamedRules[^1];
                }

                if (Verdict == NftVerdict.Drop)
                {
                    break;
                }
            }

            return null;
        }
    }
}
