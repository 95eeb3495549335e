using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>One alternative of a rule in a program's single list.</summary>
/// <param name="Match">The alternative.</param>
/// <param name="Segment">The tier or profile it stands in, by number.</param>
/// <param name="Outcome">What it decides; <see cref="DecisionProgram.Pass"/> to go on behind the segment.</param>
/// <param name="Source">The condition on the source's address, by number; -1 for none.</param>
/// <param name="Destination">The condition on the destination's address, by number; -1 for none.</param>
internal readonly record struct DecisionLine(CompiledMatch Match, int Segment, int Outcome, int Source, int Destination);

/// <summary>
/// A program as one list of alternatives in segments, with the conditions on addresses told apart. It does not know who is selected, so it is the same in all
/// snapshots that have the program.
/// </summary>
internal sealed class DecisionProgram
{
    /// <summary>The outcome of a rule that passes.</summary>
    public const int Pass = -2;

    private const int GoOn = -1;

    private readonly List<DecisionLine> _lines = [];
    private readonly List<EndDecision> _outcomes = [];
    private readonly List<int> _segmentEnds = [];
    private readonly int _final;
    private readonly int _firstOfEndpoint;
    private readonly EndDecision[] _decisions;

    public DecisionProgram(EndpointProgram program)
    {
        Direction end = program.Direction;
        bool isolated = false;
        foreach (TierStep tier in program.TierSteps)
        {
            Policy? first = null;
            foreach (PolicyStep step in tier.Steps)
            {
                if (step.IsEnforced)
                {
                    first ??= step.Policy;
                    Add(step.Rules, rule => program.Of(rule, end));
                }
            }

            if (first is not null)
            {
                isolated = true;
                _segmentEnds.Add(program.EndDenies(tier) ? Add(program.AtEnd(first, end)) : GoOn);
            }
        }

        int missing = -1;
        foreach (ProfileStep profile in program.ProfileSteps)
        {
            if (profile.Profile is null)
            {
                missing = _segmentEnds.Count;
                _segmentEnds.Add(GoOn);
                break;
            }

            Add(profile.Rules, rule => program.OfProfile(rule, end, isolated));
            _segmentEnds.Add(GoOn);
        }

        // Decisions that name the endpoint's own document come last.
        _firstOfEndpoint = _outcomes.Count;
        if (missing >= 0)
        {
            _segmentEnds[missing] = Add(program.WithoutProfile(end, null));
        }

        _final = Add(program.AtLast(end, null));
        _decisions = [.. _outcomes];
        HasEndpointBackends = Lines.ToArray().Any(l => HasEndpoint(l.Match.Source) || HasEndpoint(l.Match.Destination));
        Source.Freeze(Lines, isSource: true);
        Destination.Freeze(Lines, isSource: false);
    }

    public ReadOnlySpan<DecisionLine> Lines => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_lines);

    public EndConditions Source { get; } = new();

    public EndConditions Destination { get; } = new();

    /// <summary>True if a Service's backend has no address, so that only the endpoint itself can be asked for.</summary>
    public bool HasEndpointBackends { get; }

    /// <summary>The decisions that outcomes stand for, at the end that their direction speaks of; the endpoint's own document is not in them.</summary>
    public EndDecision[] Decisions => _decisions;

    /// <summary>Outcomes from this one on name the endpoint's own document, unless they are nobody's say.</summary>
    public int FirstOfEndpoint => _firstOfEndpoint;

    /// <summary>The decision that an outcome stands for.</summary>
    public EndDecision this[int outcome, Direction end, Selectable endpoint]
    {
        get
        {
            EndDecision decision = _decisions[outcome];
            return decision.Verdict == EndVerdict.None ? decision with { Direction = end, RuleDirection = end }
                : outcome >= _firstOfEndpoint ? decision with { Direction = end, By = endpoint.Source }
                : decision with { Direction = end };
        }
    }

    /// <summary>The outcome for a packet, if only the lines given can match.</summary>
    public int Walk(ReadOnlySpan<int> lines, in RuleMatcher matcher, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        int segment = 0;
        foreach (int index in lines)
        {
            DecisionLine line = _lines[index];
            if (line.Segment < segment)
            {
                continue;
            }

            for (; segment < line.Segment; segment++)
            {
                if (_segmentEnds[segment] >= 0)
                {
                    return _segmentEnds[segment];
                }
            }

            if (matcher.Matches(line.Match, packet, source, destination))
            {
                if (line.Outcome != Pass)
                {
                    return line.Outcome;
                }

                segment = line.Segment + 1;
            }
        }

        for (; segment < _segmentEnds.Count; segment++)
        {
            if (_segmentEnds[segment] >= 0)
            {
                return _segmentEnds[segment];
            }
        }

        return _final;
    }

    private static bool HasEndpoint(CompiledEnd end) => end.Service is { } service && Array.Exists(service, b => b.Endpoint >= 0);

    private int Add(in EndDecision outcome)
    {
        _outcomes.Add(outcome);
        return _outcomes.Count - 1;
    }

    private void Add(CompiledRule[] rules, Func<Rule, EndDecision> decide)
    {
        foreach (CompiledRule rule in rules)
        {
            if (rule.Action == RuleAction.Log)
            {
                continue;
            }

            int outcome = rule.Action == RuleAction.Pass ? Pass : Add(decide(rule.Rule));
            foreach (CompiledMatch match in rule.Alternatives)
            {
                if (!match.Match.IsNothing)
                {
                    _lines.Add(new DecisionLine(match, _segmentEnds.Count, outcome, Source.Of(match.Source), Destination.Of(match.Destination)));
                }
            }
        }
    }
}

/// <summary>The conditions that a program has on one side's address, ports aside, each once: a part about selectors and a part about blocks.</summary>
internal sealed class EndConditions
{
    private readonly Dictionary<CompiledSelector, int> _selectorIds = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(int, int), int> _selectionIds = new() { [(-1, -1)] = 0 };
    private readonly Dictionary<BlockCondition, int> _blockIds = new(BlockCondition.Comparer) { [default] = 0 };
    private readonly Dictionary<(int, int), int> _conditionIds = [];
    private readonly List<CompiledSelector> _selectors = [];
    private readonly List<(int Selected, int NotSelected)> _selections = [(-1, -1)];
    private readonly List<BlockCondition> _blocks = [default];
    private readonly List<(int Selection, int Block)> _conditions = [];
    private AddressParts? _addresses;
    private Dictionary<int, int>? _locals;

    public IReadOnlyList<CompiledSelector> Selectors => _selectors;

    /// <summary>True if the program asks nothing of this side's address, so that all are alike.</summary>
    public bool IsTrivial => _conditions.Count == 0 && !HasNames;

    /// <summary>True if the program asks for blocks or Services on this side.</summary>
    public bool HasBlocks => _blocks.Count > 1;

    /// <summary>True if ports of this side are named, so that named ports tell addresses apart.</summary>
    public bool HasNames { get; private set; }

    /// <summary>Selections by the selector that must select; those without one are in <see cref="SelectionsWithout"/>.</summary>
    public int[][] SelectionsOf { get; private set; } = [];

    public int[] SelectionsWithout { get; private set; } = [];

    /// <summary>Conditions by their selection.</summary>
    public int[][] ConditionsOf { get; private set; } = [];

    /// <summary>Lines by their condition.</summary>
    public int[][] LinesOf { get; private set; } = [];

    /// <summary>Lines without a condition.</summary>
    public int[] FreeLines { get; private set; } = [];

    public AddressParts Addresses => _addresses ?? Interlocked.CompareExchange(ref _addresses, new AddressParts(_blocks), null) ?? _addresses;

    /// <summary>The number on this side of a selector, given by its own number; -1 if it is none of this side's.</summary>
    public int LocalOf(int selector)
    {
        if (_selectors.Count <= 8)
        {
            for (int local = 0; local < _selectors.Count; local++)
            {
                if (_selectors[local].Id == selector)
                {
                    return local;
                }
            }

            return -1;
        }

        Dictionary<int, int> locals = _locals ?? Interlocked.CompareExchange(ref _locals, Locals(), null) ?? _locals;
        return locals.GetValueOrDefault(selector, -1);
    }

    public (int Selected, int NotSelected) Selection(int selection) => _selections[selection];

    public int BlockOf(int condition) => _conditions[condition].Block;

    /// <summary>The number of an end's condition; -1 if it has none.</summary>
    public int Of(CompiledEnd end)
    {
        HasNames |= end.Ports is { Names.IsEmpty: false } || end.NotPorts is { Names.IsEmpty: false };
        if (end.Nets is null && end.NotNets is null && end.Selected is null && end.NotSelected is null && end.Service is null)
        {
            return -1;
        }

        int selection = IdOf(_selectionIds, _selections, (Local(end.Selected), Local(end.NotSelected)));
        int block = IdOf(_blockIds, _blocks, new BlockCondition(end.Nets, end.NotNets, end.Service));
        return IdOf(_conditionIds, _conditions, (selection, block));
    }

    public void Freeze(ReadOnlySpan<DecisionLine> lines, bool isSource)
    {
        SelectionsOf = Group(_selectors.Count, _selections.Select(s => s.Selected));
        SelectionsWithout = [.. Enumerable.Range(0, _selections.Count).Where(s => _selections[s].Selected < 0)];
        ConditionsOf = Group(_selections.Count, _conditions.Select(c => c.Selection));
        int[] conditions = new int[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            conditions[i] = isSource ? lines[i].Source : lines[i].Destination;
        }

        LinesOf = Group(_conditions.Count, conditions);
        FreeLines = [.. Enumerable.Range(0, conditions.Length).Where(i => conditions[i] < 0)];
    }

    private Dictionary<int, int> Locals()
    {
        Dictionary<int, int> locals = new(_selectors.Count);
        for (int local = 0; local < _selectors.Count; local++)
        {
            locals[_selectors[local].Id] = local;
        }

        return locals;
    }

    private int Local(CompiledSelector? selector)
    {
        if (selector is null)
        {
            return -1;
        }

        return IdOf(_selectorIds, _selectors, selector);
    }

    private static int IdOf<T>(Dictionary<T, int> ids, List<T> items, T item)
        where T : notnull
    {
        if (!ids.TryGetValue(item, out int id))
        {
            ids[item] = id = items.Count;
            items.Add(item);
        }

        return id;
    }

    // The numbers of items by their key; keys below zero are left out.
    private static int[][] Group(int keys, IEnumerable<int> keyOfItem)
    {
        List<int>?[] groups = new List<int>?[keys];
        int item = 0;
        foreach (int key in keyOfItem)
        {
            if (key >= 0)
            {
                (groups[key] ??= []).Add(item);
            }

            item++;
        }

        return [.. groups.Select(g => g is null ? [] : g.ToArray())];
    }
}

/// <summary>What an end asks of the address itself.</summary>
internal readonly record struct BlockCondition(IpPrefix[]? Nets, IpPrefix[]? NotNets, SliceBackend[]? Service)
{
    public static IEqualityComparer<BlockCondition> Comparer { get; } = EqualityComparer<BlockCondition>.Create(
        static (x, y) => Same(x.Nets, y.Nets) && Same(x.NotNets, y.NotNets) && Same(x.Service, y.Service),
        static x => HashCode.Combine(Hash(x.Nets), Hash(x.NotNets), Hash(x.Service)));

    private static bool Same<T>(T[]? left, T[]? right) => left is null ? right is null : right is not null && left.AsSpan().SequenceEqual(right);

    private static int Hash<T>(T[]? items) => items is null ? -1 : items.Length == 0 ? 0 : HashCode.Combine(items.Length, items[0]);
}
