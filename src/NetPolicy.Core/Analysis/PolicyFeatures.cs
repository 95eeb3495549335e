using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;

namespace NetPolicy.Analysis;

/// <summary>Everything that the rules of a snapshot can tell ends apart by. Follows programs that come and go; work is proportional to those.</summary>
internal sealed class PolicyFeatures
{
    private readonly Dictionary<EndpointProgram, ProgramFacts> _programs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<CompiledSelector, Use> _selectors = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<SliceBackend[], Use> _services = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IpPrefix, Use> _nets = [];
    private readonly Dictionary<string, Use> _portNames = new(StringComparer.Ordinal);
    private readonly Dictionary<(int, int), Use> _icmpTypes = [];
    private readonly List<int> _numbers = [];
    private int _next;

    /// <summary>Service members that rules ask for.</summary>
    public IEnumerable<(int Number, SliceBackend[] Backends)> Services => _services.Select(s => (s.Value.Number, s.Key)).OrderBy(s => s.Number);

    public bool HasServices => _services.Count > 0;

    /// <summary>Blocks that rules name, each with random bits, so that a set of blocks is known by their exclusive or.</summary>
    public IEnumerable<(IpPrefix Net, UInt128 Key)> Nets => _nets.Select(n => (n.Key, n.Value.Key));

    public bool HasPortNames => _portNames.Count > 0;

    /// <summary>ICMP types, and codes of them, that rules name, in ascending order; code -1 stands for the type's other codes.</summary>
    public SortedSet<(int Type, int Code)> IcmpTypes { get; private set; } = [];

    /// <summary>Another number after selectors came or went.</summary>
    public int SelectorVersion { get; private set; }

    /// <summary>Another number after blocks came or went.</summary>
    public int NetVersion { get; private set; }

    /// <summary>Another number after anything else came or went.</summary>
    public int OtherVersion { get; private set; }

    public static IEnumerable<CompiledRule> RulesOf(EndpointProgram program) =>
        program.Tiers.SelectMany(t => t.Steps).SelectMany(s => s.Rules).Concat(program.Profiles.SelectMany(p => p.Rules));

    public ProgramFacts FactsOf(EndpointProgram program) => _programs[program];

    /// <summary>A number for a selector of rules that no other ever has; -1 for selectors that no rule asks for.</summary>
    public int NumberOf(int selector) => selector < _numbers.Count ? _numbers[selector] : -1;

    public int NumberOf(CompiledSelector selector) => _selectors[selector].Number;

    /// <summary>Random bits of a selector that rules ask for.</summary>
    public UInt128 KeyOf(CompiledSelector selector) => _selectors[selector].Key;

    /// <summary>Random bits of a block that rules name.</summary>
    public UInt128 KeyOf(IpPrefix net) => _nets[net].Key;

    /// <summary>Takes the programs of a snapshot instead of those before.</summary>
    public void Follow(HashSet<EndpointProgram> programs)
    {
        List<EndpointProgram> gone = [];
        foreach (EndpointProgram program in _programs.Keys)
        {
            if (!programs.Contains(program))
            {
                gone.Add(program);
            }
        }

        EndpointProgram[] added = [.. programs.Where(p => !_programs.ContainsKey(p))];
        ProgramFacts[] facts = new ProgramFacts[added.Length];
        Parallel.For(0, added.Length, i => facts[i] = new ProgramFacts(added[i]));
        int selectors = _next;
        for (int i = 0; i < added.Length; i++)
        {
            _programs[added[i]] = facts[i];
            Count(facts[i], 1);
        }

        bool removed = false;
        foreach (EndpointProgram program in gone)
        {
            _programs.Remove(program, out ProgramFacts? old);
            removed |= Count(old!, -1);
        }

        if (removed || selectors != _next)
        {
            SelectorVersion++;
            _numbers.Clear();
            foreach ((CompiledSelector selector, Use use) in _selectors)
            {
                while (_numbers.Count <= selector.Id)
                {
                    _numbers.Add(-1);
                }

                _numbers[selector.Id] = use.Number;
            }
        }
    }

    // True if a selector is gone.
    private bool Count(ProgramFacts facts, int step)
    {
        bool gone = false;
        foreach (CompiledSelector selector in facts.Selectors)
        {
            gone |= Step(_selectors, selector, step);
        }

        foreach (IpPrefix net in facts.Nets)
        {
            int before = _nets.Count;
            Step(_nets, net, step);
            NetVersion += before == _nets.Count ? 0 : 1;
        }

        int others = _services.Count + _portNames.Count + _icmpTypes.Count;
        foreach (SliceBackend[] service in facts.Services)
        {
            Step(_services, service, step);
        }

        foreach (string name in facts.PortNames)
        {
            Step(_portNames, name, step);
        }

        foreach ((int, int) type in facts.IcmpTypes)
        {
            Step(_icmpTypes, type, step);
        }

        if (others != _services.Count + _portNames.Count + _icmpTypes.Count)
        {
            OtherVersion++;
            IcmpTypes = [.. _icmpTypes.Keys];
        }

        return gone;
    }

    // True if it is gone.
    private bool Step<TKey>(Dictionary<TKey, Use> uses, TKey key, int step)
        where TKey : notnull
    {
        ref Use use = ref CollectionsMarshal.GetValueRefOrAddDefault(uses, key, out bool known);
        if (!known)
        {
            use = new Use { Number = _next++, Key = BlockSums.NewKey() };
        }

        use.Count += step;
        if (use.Count > 0)
        {
            return false;
        }

        uses.Remove(key);
        return true;
    }

    private struct Use
    {
        public int Number;
        public int Count;
        public UInt128 Key;
    }
}
