namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// Executes a ruleset for packets, with the kernel's semantics: an expression that does not match ends its rule, what the
/// rule did before stays done; accept ends one base chain, drop ends the hook.
/// </summary>
/// <remarks>
/// Holds counters and rate limits, so it is for one thread at a time; the ruleset itself may be shared.
/// Time stands still unless <see cref="Now"/> is set.
/// </remarks>
public sealed class NftMachine
{
    /// <summary>Calls nested deeper than this are refused by the kernel when loading; reaching it drops the packet.</summary>
    internal const int JumpStackSize = 16;

    private readonly Execution execution;
    private readonly NftChain[][] filterChains;
    private readonly NftChain[][] natChains;
    private readonly NftChain[][] bridgeChains;
    private readonly NftChain[] stackChains = new NftChain[JumpStackSize];
    private readonly int[] stackRules = new int[JumpStackSize];
    private List<NftRule>? named;
    private List<TraceStep>? trace;

    /// <summary>Prepares a ruleset; counters start at the values of the text, buckets full.</summary>
    public NftMachine(NftRuleset ruleset)
    {
        Ruleset = ruleset;
        execution = new Execution(ruleset);
        filterChains = BaseChains(ruleset, nat: false, isBridge: false);
        natChains = BaseChains(ruleset, nat: true, isBridge: false);
        bridgeChains = BaseChains(ruleset, nat: false, isBridge: true);
    }

    /// <summary>What is executed.</summary>
    public NftRuleset Ruleset { get; }

    /// <summary>Whether <see cref="HookOutcome.Trace"/> is filled. Default: no.</summary>
    public bool RecordsTrace { get; set; }

    /// <summary>Time since the ruleset was loaded, for element timeouts and rate limits. Default: zero.</summary>
    public TimeSpan Now
    {
        get => execution.Now;
        set => execution.Now = value;
    }

    /// <summary>The routing table for <c>fib</c> expressions; null: such an expression throws <see cref="NftExecutionException"/>.</summary>
    public Func<FibKeys, PacketState, FibAnswer>? Fib
    {
        get => execution.FibLookup;
        set => execution.FibLookup = value;
    }

    /// <summary>
    /// Runs the filter and route base chains of a hook in priority order. Nat chains are left to <see cref="RunNat"/>.
    /// </summary>
    /// <param name="hook">The hook.</param>
    /// <param name="state">The packet; rules change its mark, priority and connection mark.</param>
    /// <param name="fromPriority">Chains below are left out (inclusive bound).</param>
    /// <param name="toPriority">Chains from here on are left out (exclusive bound).</param>
    /// <exception cref="NftExecutionException">A rule cannot be decided.</exception>
    public HookOutcome Run(Hook hook, PacketState state, int fromPriority = int.MinValue, int toPriority = int.MaxValue) =>
        RunChains(filterChains[(int)hook], hook, state, fromPriority, toPriority, untilBound: false);

    /// <summary>Runs the base chains of tables of family <c>bridge</c> at a hook, in priority order.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="state">The packet, with its frame.</param>
    /// <exception cref="NftExecutionException">A rule cannot be decided.</exception>
    public HookOutcome RunBridge(Hook hook, PacketState state) =>
        RunChains(bridgeChains[(int)hook], hook, state, int.MinValue, int.MaxValue, untilBound: false);

    /// <summary>
    /// Runs the nat base chains of a hook in priority order until one binds (<see cref="PacketState.Nat"/>). The kernel does
    /// this once per connection and hook; the caller decides when.
    /// </summary>
    public HookOutcome RunNat(Hook hook, PacketState state)
    {
        state.Nat = null;
        return RunChains(natChains[(int)hook], hook, state, int.MinValue, int.MaxValue, untilBound: true);
    }

    /// <summary>Runs one chain, which need not be a base chain, and what it calls. A chain that comes to its end accepts, with no deciding rule.</summary>
    /// <param name="chain">A chain of the ruleset.</param>
    /// <param name="hook">The hook that it would be called from.</param>
    /// <param name="state">The packet.</param>
    /// <exception cref="NftExecutionException">A rule cannot be decided.</exception>
    internal ChainOutcome RunChain(NftChain chain, Hook hook, PacketState state)
    {
        execution.Begin(hook, state);
        trace = null;
        return RunBase(chain);
    }

    /// <summary>What the first inline counter of a rule holds.</summary>
    /// <exception cref="ArgumentException">The rule has no inline counter or belongs to another ruleset.</exception>
    public CounterValue CounterOf(NftRule rule)
    {
        foreach (Instruction instruction in rule.Instructions)
        {
            if (instruction is CountInstruction count)
            {
                return execution.Counter(count.Slot);
            }
        }

        throw new ArgumentException($"rule `{rule}` has no counter", nameof(rule));
    }

    /// <summary>What a named counter holds.</summary>
    /// <exception cref="ArgumentException">There is no such counter.</exception>
    public CounterValue CounterOf(string table, string counter) =>
        Ruleset.NamedCounters.TryGetValue((table, counter), out int slot)
            ? execution.Counter(slot)
            : throw new ArgumentException($"no counter `{counter}` in table `{table}`", nameof(counter));

    /// <summary>The kernel puts a new hook before those of equal priority, so the chain declared last runs first.</summary>
    private static NftChain[][] BaseChains(NftRuleset ruleset, bool nat, bool isBridge) =>
    [
        .. Enum.GetValues<Hook>().Select(hook => ruleset.Tables
            .Where(table => !table.IsDormant && table.Family == NftFamily.Bridge == isBridge)
            .SelectMany(table => table.Chains)
            .Where(chain => chain.Base is { } at && at.Hook == hook && at.Type == NftChainType.Nat == nat)
            .Reverse()
            .OrderBy(chain => chain.Base!.Priority)
            .ToArray()),
    ];

    private HookOutcome RunChains(NftChain[] chains, Hook hook, PacketState state, int fromPriority, int toPriority, bool untilBound)
    {
        execution.Begin(hook, state);
        trace = null;
        List<ChainOutcome> outcomes = [];
        NftVerdict verdict = NftVerdict.Accept;
        foreach (NftChain chain in chains)
        {
            if (chain.Base!.Priority < fromPriority || chain.Base.Priority >= toPriority || !chain.Table.Sees(state.Packet.Family))
            {
                continue;
            }

            ChainOutcome outcome = RunBase(chain);
            outcomes.Add(outcome);
            verdict = outcome.Verdict;
            if (verdict == NftVerdict.Drop || (untilBound && state.Nat is not null))
            {
                break;
            }
        }

        return new HookOutcome(hook, verdict, outcomes, execution.Rejection, execution.Logs, trace ?? []);
    }

    private ChainOutcome RunBase(NftChain baseChain)
    {
        named = null;
        NftChain chain = baseChain;
        int next = 0;
        int depth = 0;
        while (true)
        {
            if (next == chain.RuleArray.Length)
            {
                if (depth == 0)
                {
                    return ByPolicy(baseChain);
                }

                depth--;
                chain = stackChains[depth];
                next = stackRules[depth];
                continue;
            }

            NftRule rule = chain.RuleArray[next++];
            execution.CurrentRule = rule;
            Step step = rule.Execute(execution);
            if (step == Step.Break)
            {
                continue;
            }

            Note(rule, step);
            if (step == Step.Continue)
            {
                continue;
            }

            NftDecision decision = execution.Decision;
            switch (decision.Code)
            {
                case NftVerdictCode.Accept:
                    return new ChainOutcome(baseChain, NftVerdict.Accept, rule, Named());
                case NftVerdictCode.Drop:
                    return new ChainOutcome(baseChain, NftVerdict.Drop, rule, Named());
                case NftVerdictCode.Jump when depth == JumpStackSize:
                    return new ChainOutcome(baseChain, NftVerdict.Drop, rule, Named());
                case NftVerdictCode.Jump:
                    stackChains[depth] = chain;
                    stackRules[depth] = next;
                    depth++;
                    chain = decision.Target!;
                    next = 0;
                    break;
                case NftVerdictCode.Goto:
                    chain = decision.Target!;
                    next = 0;
                    break;
                case NftVerdictCode.Return:
                    next = chain.RuleArray.Length;
                    break;
                case NftVerdictCode.Continue:
                default:
                    throw new InvalidOperationException($"verdict {decision.Code} cannot end a rule");
            }
        }
    }

    private ChainOutcome ByPolicy(NftChain baseChain)
    {
        NftVerdict policy = baseChain.Base?.Policy ?? NftVerdict.Accept;
        if (RecordsTrace)
        {
            (trace ??= []).Add(new TraceStep(baseChain, null, policy == NftVerdict.Accept ? "accept" : "drop"));
        }

        return new ChainOutcome(baseChain, policy, null, Named());
    }

    private void Note(NftRule rule, Step step)
    {
        if (rule.Comment is not null)
        {
            (named ??= []).Add(rule);
        }

        if (RecordsTrace)
        {
            (trace ??= []).Add(new TraceStep(rule.Chain, rule, step == Step.Verdict ? execution.Decision.ToString() : "continue"));
        }
    }

    private NftRule[] Named() => named is null ? [] : [.. named];
}
