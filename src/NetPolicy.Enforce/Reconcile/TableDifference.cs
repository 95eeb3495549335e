using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>
/// Plans the smallest change from an installed table to another one, in transactions between which, and for packets that are under way while they take
/// effect, every packet is judged by the old or by the new table. Where that cannot be had this way, there is no plan, and everything is loaded anew beside.
/// </summary>
/// <remarks>
/// What a packet meets in order is: dispatch by interface, a class's chain, the identity of the peer, the class's maps, a chain of a rule. What nothing leads
/// to yet is made first (rows of new identities included); then addresses get their identities, then rows, dispatch and chains change; then go identities
/// that workloads left. An identity whose row changes neither gains nor loses addresses in the same step, a chain whose rules change is neither entered
/// nor left by dispatch in the same step. A class of which more than one map changes for a packet gets all of these anew, and its chain looks into them at once.
/// </remarks>
internal sealed partial class TableDifference
{
    private readonly InstalledRules _old;
    private readonly CompiledRuleset _ruleset;
    private readonly RuleTable _new;
    private readonly int _version;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleMap> _oldMaps;
    private readonly Dictionary<string, RuleMap> _newMaps;
    private readonly Dictionary<string, RuleSet> _oldSets;
    private readonly Dictionary<string, RuleSet> _newSets;
    private readonly Dictionary<string, RuleChain> _oldChains;
    private readonly Dictionary<string, RuleChain> _newChains;
    private readonly Dictionary<string, IdentityMap> _oldIdentities;
    private readonly Dictionary<string, MapDifference> _differences = new(StringComparer.Ordinal);

    // Sets and maps that are made anew under another name although there is one.
    private readonly HashSet<string> _renewed = new(StringComparer.Ordinal);

    // Chains that are there and get other rules.
    private readonly HashSet<string> _rewritten = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _changing = [];
    private readonly HashSet<uint> _fresh = [];
    private readonly HashSet<uint> _dying = [];
    private readonly Operations _prepare = new();
    private readonly Operations _before = new();
    private readonly Operations _identities = new();
    private readonly Operations _change = new();
    private readonly Operations _after = new();
    private readonly Operations _late = new();
    private readonly Operations _clean = new();
    private IdentityMoves _moves = new();
    private bool _isImpossible;
    private bool _restricts;

    private TableDifference(InstalledRules old, CompiledRuleset ruleset)
    {
        _old = old;
        _ruleset = ruleset;
        _new = ruleset.Table;
        _version = old.Version + 1;
        _oldMaps = ByName(old.Table.Maps, m => m.Name);
        _newMaps = ByName(_new.Maps, m => m.Name);
        _oldSets = ByName(old.Table.Sets, s => s.Name);
        _newSets = ByName(_new.Sets, s => s.Name);
        _oldChains = ByName(old.Table.Chains, c => c.Name);
        _newChains = ByName(_new.Chains, c => c.Name);
        _oldIdentities = ByName(old.Table.Identities, m => m.Name);
    }

    private TableResolver Resolver => new(_new, NameOf, _old.Epochs);

    /// <summary>The steps but for the epoch's, whether they restrict anything, and what is installed then; null if it must be done otherwise.</summary>
    public static (List<NftStep> Steps, bool Restricts, InstalledRules After)? Plan(InstalledRules old, CompiledRuleset ruleset)
    {
        if (ruleset.Options.ConnectionMarkMask != old.Options.ConnectionMarkMask || ruleset.Table.Name != old.Table.Name)
        {
            return null;
        }

        TableDifference difference = new(old, ruleset);
        difference.Compare();
        return difference._isImpossible ? null : difference.Result();
    }

    private static Dictionary<string, T> ByName<T>(EquatableArray<T> parts, Func<T, string> nameOf) =>
        parts.ToDictionary(nameOf, StringComparer.Ordinal);

    private void Compare()
    {
        NameAll();
        _moves = IdentityMoves.Of(_old.Table, _new);
        CollectIdentities();
        CompareSets();
        CompareChains();
        CompareClasses();
        GrowIdentities();
        if (_isImpossible)
        {
            return;
        }

        AddNew();
        ChangeClasses();
        MoveIdentities();
        ChangeDispatch();
        ChangeSets();
        foreach (RuleChain chain in _new.Chains.AsEnumerable().Where(c => _rewritten.Contains(c.Name)))
        {
            _change.Rewrite(Resolver.Resolve(chain));
            _restricts = true;
        }

        ChangeHooks();
        CleanUp();
    }

    private (List<NftStep> Steps, bool Restricts, InstalledRules After) Result()
    {
        List<NftStep> steps = [];
        void Step(NftStepKind kind, NftWait wait, Operations operations)
        {
            if (operations.Count > 0)
            {
                steps.Add(new NftStep(kind, steps.Count == 0 ? NftWait.None : wait, operations.Transaction(_new.Name)));
            }
        }

        Step(NftStepKind.Prepare, NftWait.None, _prepare);
        Step(NftStepKind.Change, NftWait.None, _before);
        Step(NftStepKind.Change, _before.Count > 0 ? NftWait.Settled : NftWait.None, _identities);
        Step(NftStepKind.Change, _before.Count > 0 || (_identities.Count > 0 && _changing.Count > 0) ? NftWait.Settled : NftWait.None, _change);
        Step(NftStepKind.Change, NftWait.Settled, _after);
        Step(NftStepKind.Change, NftWait.Settled, _late);
        Step(NftStepKind.Clean, NftWait.Grace, _clean);
        int version = _names.Values.Any(n => n.EndsWith(InstalledRules.Versioned("", _version), StringComparison.Ordinal)) ? _version : _old.Version;
        return (steps, _restricts, new InstalledRules(_new, _ruleset.Options, _names, _sizes, version, _old.Epochs));
    }

    private string NameOf(string name) => _names[name];

    // What is there keeps its name; new parts get the new version.
    private void NameAll()
    {
        foreach (RuleChain chain in _new.Chains)
        {
            _names[chain.Name] = InstalledRules.IsPlain(chain) ? chain.Name : Kept(chain.Name, _oldChains.ContainsKey(chain.Name));
        }

        foreach (RuleSet set in _new.Sets)
        {
            _names[set.Name] = Kept(set.Name, _oldSets.ContainsKey(set.Name));
        }

        foreach (RuleMap map in _new.Maps)
        {
            _names[map.Name] = Kept(map.Name, _oldMaps.ContainsKey(map.Name));
        }

        foreach (IdentityMap map in _new.Identities)
        {
            _names[map.Name] = Kept(map.Name, _oldIdentities.ContainsKey(map.Name));
        }
    }

    private string Kept(string name, bool isThere) => isThere ? _old.Names[name] : InstalledRules.Versioned(name, _version);

    private void Renew(string name)
    {
        if (_renewed.Add(name))
        {
            _names[name] = InstalledRules.Versioned(name, _version);
        }
    }

    private void CollectIdentities()
    {
        if (_moves.Pairs.Count == 0 && _moves.Exact.Count == 0 && _moves.Ranges.Count == 0)
        {
            return;
        }

        HashSet<uint> before = Numbers(_old.Table), after = Numbers(_new);
        _fresh.UnionWith(after);
        _fresh.ExceptWith(before);
        _dying.UnionWith(before);
        _dying.ExceptWith(after);
    }

    private static HashSet<uint> Numbers(RuleTable table)
    {
        HashSet<uint> numbers = [];
        foreach (IdentityMap map in table.Identities)
        {
            foreach ((_, uint identity) in map.Elements)
            {
                numbers.Add(identity);
            }
        }

        return numbers;
    }

    // Sets of ranges other than plain addresses, and sets that became another kind, are made anew.
    private void CompareSets()
    {
        foreach (RuleSet set in _new.Sets)
        {
            if (_oldSets.TryGetValue(set.Name, out RuleSet? old)
                && (old.Fields != set.Fields || old.IsInterval != set.IsInterval || (set.IsInterval && old.Elements != set.Elements && RangeUnion.Of(old, set) is null)))
            {
                Renew(set.Name);
            }
        }
    }

    private void CompareChains()
    {
        foreach (RuleChain chain in _new.Chains)
        {
            if (_oldChains.TryGetValue(chain.Name, out RuleChain? old) && !old.Equals(chain))
            {
                if (old.Hook != chain.Hook)
                {
                    _isImpossible = true;
                }

                _rewritten.Add(chain.Name);
            }
        }
    }

    // Chains that look into what was renewed look elsewhere now.
    private void FollowRenewed()
    {
        foreach (RuleChain chain in _new.Chains)
        {
            if (_oldChains.ContainsKey(chain.Name) && !_rewritten.Contains(chain.Name) && chain.Rules.Any(l => l.Statements.Any(Mentions)))
            {
                _rewritten.Add(chain.Name);
            }
        }
    }

    private bool Mentions(RuleStatement statement) => statement switch
    {
        RuleStatement.MatchSet match => _renewed.Contains(match.Set),
        RuleStatement.Dispatch dispatch => _renewed.Contains(dispatch.Map),
        RuleStatement.FindIdentity find => _renewed.Contains(find.Map),
        _ => false,
    };

    private void AddNew()
    {
        if (_renewed.Count > 0)
        {
            FollowRenewed();
        }

        foreach (IdentityMap map in _new.Identities)
        {
            int size = HashSize.Of(map);
            if (!_oldIdentities.ContainsKey(map.Name) || _renewed.Contains(map.Name))
            {
                Size(map.Name, size);
                _prepare.Load(map with { Name = NameOf(map.Name), Size = size });
            }
            else
            {
                Size(map.Name, _old.Sizes.GetValueOrDefault(NameOf(map.Name)));
            }
        }

        foreach (RuleSet set in _new.Sets)
        {
            if (!_oldSets.ContainsKey(set.Name) || _renewed.Contains(set.Name))
            {
                _prepare.Load(set with { Name = NameOf(set.Name) });
            }
        }

        List<RuleMap> made = [];
        foreach (RuleMap map in _new.Maps)
        {
            if (!_oldMaps.ContainsKey(map.Name) || _renewed.Contains(map.Name))
            {
                RuleMap final = Resolver.Resolve(map);
                Size(map.Name, final.Size);
                _prepare.Add(new RuleOperation.AddMap(final));
                made.Add(final);
            }
            else
            {
                Size(map.Name, _old.Sizes.GetValueOrDefault(NameOf(map.Name)));
            }
        }

        _prepare.Load([.. _new.Chains.AsEnumerable().Where(c => c.Hook is null && !_oldChains.ContainsKey(c.Name)).Select(c => Resolver.Resolve(c))], made);
    }

    private void Size(string name, int size)
    {
        if (size > 0)
        {
            _sizes[NameOf(name)] = size;
        }
    }

    private void ChangeHooks()
    {
        foreach (RuleChain chain in _new.Chains)
        {
            if (chain.Hook is not null && !_oldChains.ContainsKey(chain.Name))
            {
                _change.Load([Resolver.Resolve(chain)], []);
                _restricts = true;
            }
        }

        foreach (RuleChain chain in _old.Table.Chains)
        {
            if (chain.Hook is not null && !_newChains.ContainsKey(chain.Name))
            {
                _change.Delete([chain.Name], [], []);
                _restricts = true;
            }
        }
    }

    private void CleanUp()
    {
        List<string> chains = [], maps = [], sets = [];
        foreach (RuleChain chain in _old.Table.Chains)
        {
            if (chain.Hook is null && !_newChains.ContainsKey(chain.Name))
            {
                chains.Add(_old.Names[chain.Name]);
            }
        }

        foreach (RuleSet set in _old.Table.Sets)
        {
            if (!_newSets.ContainsKey(set.Name) || _renewed.Contains(set.Name))
            {
                sets.Add(_old.Names[set.Name]);
            }
        }

        foreach (string name in _old.Table.Maps.Select(m => m.Name).Concat(_old.Table.Identities.Select(m => m.Name)))
        {
            if (_renewed.Contains(name) || (!_newMaps.ContainsKey(name) && !_names.ContainsKey(name)))
            {
                maps.Add(_old.Names[name]);
            }
        }

        _clean.Delete(chains, maps, sets);
    }
}
