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
    private readonly Dictionary<string, string> _names;
    private readonly Dictionary<string, int> _sizes;
    private readonly TableIndex _oldIndex;
    private readonly TableIndex _newIndex;
    private readonly PartDifference<RuleChain> _chains;
    private readonly PartDifference<RuleMap> _maps;
    private readonly PartDifference<RuleSet> _sets;
    private readonly RowCache _rows;
    private readonly Dictionary<string, RuleMap> _oldMaps;
    private readonly Dictionary<string, RuleMap> _newMaps;
    private readonly Dictionary<string, RuleSet> _oldSets;
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
    private bool _usesVersion;

    private TableDifference(InstalledRules old, CompiledRuleset ruleset, RowCache rows)
    {
        _old = old;
        _ruleset = ruleset;
        _new = ruleset.Table;
        _version = old.Version + 1;
        _rows = rows;
        _names = new Dictionary<string, string>(old.Names, StringComparer.Ordinal);
        _sizes = new Dictionary<string, int>(old.Sizes, StringComparer.Ordinal);
        _chains = PartDifference<RuleChain>.Of(old.Table.Chains, _new.Chains, c => c.Name);
        _maps = PartDifference<RuleMap>.Of(old.Table.Maps, _new.Maps, m => m.Name);
        _sets = PartDifference<RuleSet>.Of(old.Table.Sets, _new.Sets, s => s.Name);
        _oldIndex = TableIndex.Of(old.Table, old.Index);
        _newIndex = _oldIndex.Follow(_new, _chains, _maps, _sets);
        _oldMaps = _oldIndex.Maps;
        _newMaps = _newIndex.Maps;
        _oldSets = _oldIndex.Sets;
        _oldChains = _oldIndex.Chains;
        _newChains = _newIndex.Chains;
        _oldIdentities = old.Table.Identities.AsEnumerable().ToDictionary(m => m.Name, StringComparer.Ordinal);
    }

    private TableResolver Resolver => new(_new, NameOf, _old.Epochs);

    /// <summary>The steps but for the epoch's, whether they restrict anything, and what is installed then; null if it must be done otherwise.</summary>
    public static (List<NftStep> Steps, bool Restricts, InstalledRules After)? Plan(InstalledRules old, CompiledRuleset ruleset, RowCache? rows)
    {
        if (ruleset.Options.ConnectionMarkMask != old.Options.ConnectionMarkMask || ruleset.Table.Name != old.Table.Name)
        {
            return null;
        }

        TableDifference difference = new(old, ruleset, rows ?? new RowCache());
        difference.Compare();
        return difference._isImpossible ? null : difference.Result();
    }

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
        if (_rewritten.Count > 0)
        {
            foreach (RuleChain chain in _new.Chains.AsEnumerable().Where(c => _rewritten.Contains(c.Name)))
            {
                _change.Rewrite(Resolver.Resolve(chain));
            }

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
        return (steps, _restricts, new InstalledRules(_new, _ruleset.Options, _names, _sizes, _usesVersion ? _version : _old.Version, _old.Epochs) { Index = _newIndex });
    }

    private string NameOf(string name) => _names[name];

    // What is there keeps its name; new parts get the new version.
    private void NameAll()
    {
        foreach (string name in _chains.Removed.Select(c => c.Name).Concat(_maps.Removed.Select(m => m.Name)).Concat(_sets.Removed.Select(s => s.Name)))
        {
            _names.Remove(name);
        }

        foreach (RuleChain chain in _chains.Added)
        {
            if (InstalledRules.IsPlain(chain))
            {
                _names[chain.Name] = chain.Name;
            }
            else
            {
                GiveVersion(chain.Name);
            }
        }

        _maps.Removed.ForEach(m => _sizes.Remove(_old.Names[m.Name]));
        _maps.Added.ForEach(m => GiveVersion(m.Name));
        _sets.Added.ForEach(s => GiveVersion(s.Name));
    }

    private void GiveVersion(string name)
    {
        _names[name] = InstalledRules.Versioned(name, _version);
        _usesVersion = true;
    }

    private void Renew(string name)
    {
        if (_renewed.Add(name))
        {
            _sizes.Remove(_old.Names[name]);
            GiveVersion(name);
        }
    }

    private void CollectIdentities()
    {
        if (_moves.Pairs.Count == 0 && _moves.Exact.Count == 0 && _moves.Ranges.Count == 0)
        {
            return;
        }

        // An identity that comes or goes has addresses that come from another one, or go to one.
        HashSet<uint> come = [.. _moves.Pairs.Select(p => p.New), .. _moves.Exact.Select(m => m.New ?? 0), .. _moves.Ranges.SelectMany(r => r.Added).Select(r => r.Item2)];
        HashSet<uint> gone = [.. _moves.Pairs.Select(p => p.Old), .. _moves.Exact.Select(m => m.Old ?? 0), .. _moves.Ranges.SelectMany(r => r.Removed).Select(r => r.Item2)];
        come.Remove(0);
        gone.Remove(0);
        _fresh.UnionWith(Missing(come, _old.Table));
        _dying.UnionWith(Missing(gone, _new));
    }

    // Those of some identities that a table does not have.
    private static HashSet<uint> Missing(HashSet<uint> some, RuleTable table)
    {
        HashSet<uint> missing = [.. some];
        foreach (IdentityMap map in table.Identities)
        {
            ReadOnlySpan<(Addresses.IpRange Addresses, uint Identity)> elements = map.Elements.AsSpan();
            for (int i = 0; i < elements.Length && missing.Count > 0; i++)
            {
                missing.Remove(elements[i].Identity);
            }
        }

        return missing;
    }

    // Sets of ranges other than plain addresses, and sets that became another kind, are made anew.
    private void CompareSets()
    {
        foreach ((RuleSet old, RuleSet set) in _sets.Changed)
        {
            if (old.Fields != set.Fields || old.IsInterval != set.IsInterval || (set.IsInterval && old.Elements != set.Elements && RangeUnion.Of(old, set) is null))
            {
                Renew(set.Name);
            }
        }
    }

    private void CompareChains()
    {
        foreach ((RuleChain old, RuleChain chain) in _chains.Changed)
        {
            if (!old.Equals(chain))
            {
                _isImpossible |= old.Hook != chain.Hook;
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
            if (_renewed.Contains(map.Name))
            {
                int size = HashSize.Of(map);
                Size(map.Name, size);
                _prepare.Load(map with { Name = NameOf(map.Name), Size = size });
            }
        }

        foreach (RuleSet set in _renewed.Count == 0 ? _sets.Added : _new.Sets.Where(s => !_oldSets.ContainsKey(s.Name) || _renewed.Contains(s.Name)))
        {
            _prepare.Load(set with { Name = NameOf(set.Name) });
        }

        List<RuleMap> made = [];
        foreach (RuleMap map in _renewed.Count == 0 ? _maps.Added : _new.Maps.Where(m => !_oldMaps.ContainsKey(m.Name) || _renewed.Contains(m.Name)))
        {
            RuleMap final = Resolver.Resolve(map);
            Size(map.Name, final.Size);
            _prepare.Add(new RuleOperation.AddMap(final));
            made.Add(final);
        }

        _prepare.Load([.. _chains.Added.Where(c => c.Hook is null).Select(c => Resolver.Resolve(c))], made);
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
        foreach (RuleChain chain in _chains.Added.Where(c => c.Hook is not null))
        {
            _change.Load([Resolver.Resolve(chain)], []);
            _restricts = true;
        }

        foreach (RuleChain chain in _chains.Removed.Where(c => c.Hook is not null))
        {
            _change.Delete([chain.Name], [], []);
            _restricts = true;
        }
    }

    private void CleanUp()
    {
        List<string> chains = [.. _chains.Removed.Where(c => c.Hook is null).Select(c => _old.Names[c.Name])];
        List<string> maps = [.. _maps.Removed.Select(m => _old.Names[m.Name])], sets = [.. _sets.Removed.Select(s => _old.Names[s.Name])];
        if (_renewed.Count > 0)
        {
            sets.AddRange(_old.Table.Sets.Where(s => _renewed.Contains(s.Name)).Select(s => _old.Names[s.Name]));
            maps.AddRange(_old.Table.Maps.Select(m => m.Name).Concat(_old.Table.Identities.Select(m => m.Name)).Where(_renewed.Contains).Select(n => _old.Names[n]));
        }

        _clean.Delete(chains, maps, sets);
    }
}
