namespace NetPolicy.Enforce.Simulation;

/// <summary>The registers and side tables of one machine while it runs a chain. Reused from packet to packet.</summary>
internal sealed class Execution(NftRuleset ruleset)
{
    private readonly CounterValue[] counters = [.. ruleset.InitialCounters];
    private readonly (long Tokens, TimeSpan Last)[] buckets = NewBuckets(ruleset.LimitCount);
    private List<LogLine>? logs;

    internal PacketState State { get; set; } = null!;

    internal TimeSpan Now { get; set; }

    internal Func<FibKeys, PacketState, FibAnswer>? FibLookup { get; set; }

    internal NftDecision Decision { get; private set; } = NftDecision.Continue;

    internal NftRule? CurrentRule { get; set; }

    internal string? Rejection { get; private set; }

    internal IReadOnlyList<LogLine> Logs => logs ?? [];

    internal Hook Hook { get; private set; }

    internal void Begin(Hook hook, PacketState state)
    {
        Hook = hook;
        State = state;
        Rejection = null;
        logs = null;
    }

    internal Step Decide(NftDecision decision)
    {
        Decision = decision;
        return decision.Code == NftVerdictCode.Continue ? Step.Continue : Step.Verdict;
    }

    internal bool TryLoad(NftOperand[] operands, Span<UInt128> key)
    {
        for (int field = 0; field < operands.Length; field++)
        {
            if (!operands[field].TryLoad(this, out key[field]))
            {
                return false;
            }
        }

        return true;
    }

    internal void Count(int slot)
    {
        CounterValue value = counters[slot];
        counters[slot] = new CounterValue(value.Packets + 1, value.Bytes + State.Packet.Length);
    }

    internal CounterValue Counter(int slot) => counters[slot];

    internal void Log(string? prefix, ushort? group) => (logs ??= []).Add(new LogLine(prefix, group, CurrentRule!));

    internal void Reject(string answer) => Rejection = answer;

    internal FibAnswer Fib(FibKeys keys) => FibLookup is { } lookup
        ? lookup(keys, State)
        : throw new NftExecutionException($"`{CurrentRule}` asks the routing table, and none was given");

    /// <summary>Refills a bucket with the time that has passed and takes <paramref name="cost"/> if it holds so much.</summary>
    internal bool TakeTokens(int slot, long cost, long depth)
    {
        (long tokens, TimeSpan last) = buckets[slot];
        long gained = (long)Math.Min((Now - last).TotalNanoseconds, depth);
        tokens = tokens < 0 ? depth : Math.Min(tokens + gained, depth);
        bool within = tokens >= cost;
        buckets[slot] = (within ? tokens - cost : tokens, Now);
        return within;
    }

    /// <summary>Buckets start full, shown as a negative filling.</summary>
    private static (long Tokens, TimeSpan Last)[] NewBuckets(int count)
    {
        (long, TimeSpan)[] result = new (long, TimeSpan)[count];
        Array.Fill(result, (-1L, TimeSpan.Zero));
        return result;
    }
}
