using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <content>Tables of classes and the identities that they have rows for.</content>
internal sealed partial class TableDifference
{
    private const int MaxRowComparisons = 200_000;

    private static readonly ClassRows s_none = new(default);

    private readonly List<RuleOperation> _copies = [];
    private readonly Dictionary<string, int> _copied = new(StringComparer.Ordinal);
    private int _rewrittenClasses;

    private static IEnumerable<string> TablesOf(RuleChain chain)
    {
        foreach (RuleLine line in chain.Rules.AsEnumerable())
        {
            foreach (RuleStatement statement in line.Statements.AsEnumerable())
            {
                if (statement is RuleStatement.Dispatch dispatch && dispatch.Fields[0] == RuleField.Identity)
                {
                    yield return dispatch.Map;
                }
            }
        }
    }

    private static bool LooksInto(RuleChain chain, HashSet<string> tables)
    {
        foreach (RuleLine line in chain.Rules.AsSpan())
        {
            foreach (RuleStatement statement in line.Statements.AsSpan())
            {
                if (statement is RuleStatement.Dispatch dispatch && tables.Contains(dispatch.Map))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsTable(RuleMap map) => HashSize.IsByIdentity(map);

    private MapDifference Difference(string name)
    {
        if (!_differences.TryGetValue(name, out MapDifference? difference))
        {
            _differences[name] = difference = MapDifference.Of(_oldMaps[name].Elements, _newMaps[name].Elements);
        }

        return difference;
    }

    private ClassRows OldRows(string map) => _oldMaps.TryGetValue(map, out RuleMap? own) ? _rows.Of(own) : s_none;

    private ClassRows NewRows(string map) => _newMaps.TryGetValue(map, out RuleMap? own) ? _rows.Of(own) : s_none;

    private bool IsLive(uint identity) => !_fresh.Contains(identity) && !_dying.Contains(identity);

    // Identities whose rows change for packets that are judged by them already.
    private HashSet<uint> LiveChanges(MapDifference difference)
    {
        HashSet<uint> live = [];
        void Note(RuleValue key)
        {
            uint number = ClassRows.NumberOf(key);
            if (IsLive(number))
            {
                live.Add(number);
            }
        }

        difference.Added.ForEach(e => Note(e.Key));
        difference.Removed.ForEach(e => Note(e.Key));
        difference.Changed.ForEach(e => Note(e.Old.Key));
        return live;
    }

    private void CompareClasses()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        HashSet<string> changed = [.. _maps.Changed.Where(m => IsTable(m.New)).Select(m => m.New.Name)];
        if (changed.Count + _rewritten.Count + _fresh.Count == 0)
        {
            return;
        }

        foreach (RuleChain chain in _new.Chains)
        {
            if (chain.Hook is not null || chain.IsShared || !_oldChains.TryGetValue(chain.Name, out RuleChain? old)
                || (_fresh.Count == 0 && !_rewritten.Contains(chain.Name) && !LooksInto(chain, changed)))
            {
                continue;
            }

            string[] tables = [.. TablesOf(chain)];
            string[] kept = [.. tables.Where(_oldMaps.ContainsKey)];
            string[] all = _rewritten.Contains(chain.Name) ? [.. TablesOf(old).Union(tables, StringComparer.Ordinal)] : tables;
            if (all.Length > 0)
            {
                _isImpossible |= kept.Any(t => !seen.Add(t));
                CompareClass(chain, all, kept);
            }
        }

        if (_fresh.Count > 0)
        {
            CopyToLeavingClasses();
        }
    }

    // Classes that go judge till the very moment.
    private void CopyToLeavingClasses()
    {
        foreach (RuleChain chain in _old.Table.Chains)
        {
            if (!_newChains.ContainsKey(chain.Name) && TablesOf(chain).Any())
            {
                CopyRows([.. TablesOf(chain)], []);
            }
        }
    }

    private void CompareClass(RuleChain chain, string[] all, string[] kept)
    {
        bool isRewritten = _rewritten.Contains(chain.Name);
        List<string> changing = [];
        foreach (string table in kept)
        {
            MapDifference difference = Difference(table);
            if (difference.IsEmpty)
            {
                continue;
            }

            HashSet<uint> live = LiveChanges(difference);
            if (live.Count > 0)
            {
                changing.Add(table);
                _changing.UnionWith(live);
            }

            // Old and new rows are there side by side until nobody has the old identities any more.
            int size = _old.Sizes.GetValueOrDefault(_old.Names[table]);
            if (size > 0 && _oldMaps[table].Elements.Count + difference.Added.Count > size)
            {
                Renew(table);
            }
        }

        if (changing.Count > 1 || (isRewritten && changing.Count > 0))
        {
            changing.ForEach(Renew);
        }

        isRewritten |= kept.Any(_renewed.Contains);
        if (isRewritten && _fresh.Count > 0)
        {
            CopyRows(all, kept);
        }

        if (isRewritten)
        {
            _rewrittenClasses++;
        }
    }

    // New identities take over before the class is rewritten: till then they are judged as those were that they come from.
    private void CopyRows(string[] all, string[] kept)
    {
        ILookup<uint, uint> sources = _moves.Pairs.ToLookup(p => p.New, p => p.Old);
        foreach (uint fresh in _fresh)
        {
            uint[] from = [.. sources[fresh].Distinct()];
            foreach (string table in all.Where(_oldMaps.ContainsKey))
            {
                ClassRows rows = OldRows(table);
                RuleElement[] copy = from.Length == 0 ? [] : [.. rows.Copy(from[0], fresh)];
                foreach (uint other in from.Skip(1))
                {
                    RuleElement[] same = [.. rows.Copy(other, fresh)];
                    _isImpossible |= !same.ToHashSet().SetEquals(copy);
                }

                if (copy.Length > 0 || NewRows(table)[fresh].Count > 0)
                {
                    if (kept.Contains(table))
                    {
                        Renew(table);
                    }

                    if (copy.Length > 0)
                    {
                        RuleMap old = _oldMaps[table];
                        _copies.Add(new RuleOperation.AddMapElements(ResolveOld(old with { Elements = [.. copy] })));
                        int size = _old.Sizes.GetValueOrDefault(_old.Names[table]);
                        _copied[table] = _copied.GetValueOrDefault(table) + copy.Length;
                        _isImpossible |= size > 0 && old.Elements.Count + _copied[table] > size;
                    }
                }
            }
        }
    }

    private RuleMap ResolveOld(RuleMap map) => map with
    {
        Name = _old.Names[map.Name],
        Size = _old.Sizes.GetValueOrDefault(_old.Names[map.Name]),
        Elements = [.. map.Elements.Select(e => e.Verdict.Chain is { } chain ? e with { Verdict = e.Verdict with { Chain = _old.Names[chain] } } : e)],
    };

    private RuleMap ResolveNew(RuleMap map, IEnumerable<RuleElement> elements) =>
        Resolver.Resolve(map with { Elements = [.. elements] }) with { Size = _sizes.GetValueOrDefault(NameOf(map.Name)) };

    private void ChangeClasses()
    {
        _copies.ForEach(_prepare.Add);
        foreach ((_, RuleMap map) in _maps.Changed)
        {
            if (!IsTable(map))
            {
                continue;
            }

            MapDifference difference = Difference(map.Name);
            if (difference.IsEmpty)
            {
                continue;
            }

            Judge(difference);
            if (_renewed.Contains(map.Name))
            {
                continue;
            }

            bool IsFresh(RuleElement element) => _fresh.Contains(ClassRows.NumberOf(element.Key));
            bool IsDying(RuleElement element) => _dying.Contains(ClassRows.NumberOf(element.Key));
            Add(_prepare, map, difference.Added.Where(IsFresh));
            Remove(_change, map, [.. difference.Removed.Where(e => !IsDying(e)), .. difference.Changed.Select(e => e.Old)]);
            Add(_change, map, [.. difference.Added.Where(e => !IsFresh(e)), .. difference.Changed.Select(e => e.New)]);
            Remove(_clean, map, difference.Removed.Where(IsDying));
        }
    }

    private void Add(Operations operations, RuleMap map, IEnumerable<RuleElement> elements)
    {
        if (elements.Any())
        {
            operations.Add(new RuleOperation.AddMapElements(ResolveNew(map, elements)));
        }
    }

    private void Remove(Operations operations, RuleMap map, IEnumerable<RuleElement> elements)
    {
        if (elements.Any())
        {
            operations.Add(new RuleOperation.DeleteMapElements(ResolveOld(_oldMaps[map.Name] with { Elements = [.. elements] })));
        }
    }

    // A change restricts where something stops allowing, or starts denying what one look-up later may have been allowed. For rows that come or go with
    // their identities the moves are judged.
    private void Judge(MapDifference difference)
    {
        foreach (RuleElement element in difference.Added)
        {
            _restricts |= IsLive(ClassRows.NumberOf(element.Key)) && !RowJudge.Allows(_newChains, element.Verdict);
        }

        foreach (RuleElement element in difference.Removed)
        {
            _restricts |= IsLive(ClassRows.NumberOf(element.Key)) && RowJudge.Allows(_oldChains, element.Verdict);
        }

        foreach ((RuleElement old, RuleElement @new) in difference.Changed)
        {
            _restricts |= RowJudge.Allows(_oldChains, old.Verdict) && !RowJudge.Allows(_newChains, @new.Verdict);
        }
    }

    private void GrowIdentities()
    {
        foreach (IdentityMap map in _new.Identities)
        {
            int size = _old.Sizes.GetValueOrDefault(_old.Names[map.Name]);
            int added = _moves.Exact.Count(m => m.Map == map.Name && m.New is not null);
            if (size > 0 && _oldIdentities[map.Name].Elements.Count + added > size)
            {
                Renew(map.Name);
            }
        }
    }

    private void MoveIdentities()
    {
        RowJudge? judge = null;
        foreach ((uint old, uint @new) in _moves.Pairs)
        {
            _restricts = _restricts || (judge ??= new RowJudge(_old.Table, _new, _rows, _oldIndex, _newIndex)).Restricts(old, @new);
        }

        bool isSwapped = _new.Identities.Any(m => _renewed.Contains(m.Name));
        HashSet<Addresses.IpAddress> leaving = Leaving();
        HashSet<(uint, uint)> late = [.. _moves.Exact.Where(m => m.From != m.To && leaving.Contains(m.Address)).Select(m => (m.From, m.To))];
        HashSet<(uint, uint)> others = [.. _moves.RangePairs, .. _moves.Exact.Where(m => m.From != m.To && !leaving.Contains(m.Address)).Select(m => (m.From, m.To))];
        if ((long)_moves.Pairs.Count * _new.Maps.Count > MaxRowComparisons)
        {
            _isImpossible = true;
            return;
        }

        bool canBeEarly = others.All(p => CanBeEarly(p.Item1, p.Item2));
        if ((!canBeEarly && !others.All(p => CanBeLate(p.Item1, p.Item2)))
            || !late.All(p => CanBeLate(p.Item1, p.Item2))
            || (isSwapped && (_changing.Count + _rewrittenClasses + DispatchChanges() > 0)))
        {
            _isImpossible = true;
            return;
        }

        foreach (IdentityMap map in _new.Identities)
        {
            if (_renewed.Contains(map.Name))
            {
                continue;
            }

            IdentityMap final = map with { Name = NameOf(map.Name), Size = _sizes.GetValueOrDefault(NameOf(map.Name)) };
            foreach (bool isLate in (ReadOnlySpan<bool>)[false, true])
            {
                var moves = _moves.Exact.Where(m => m.Map == map.Name && leaving.Contains(m.Address) == isLate).ToList();
                Move(isLate ? _late : canBeEarly ? _identities : _after, final, moves);
            }

            foreach ((string name, var removed, var added) in _moves.Ranges)
            {
                if (name == map.Name)
                {
                    // Single addresses are found before ranges, and both change at once only if no address goes from one to the other.
                    _isImpossible |= leaving.Count > 0 || _moves.Exact.Any(m => m.Old is null != m.New is null && m.Address.Family == map.Family);
                    Exchange(canBeEarly ? _identities : _after, final, removed, added);
                }
            }
        }
    }

    private static void Move(Operations operations, IdentityMap map, List<(string Map, Addresses.IpAddress Address, uint? Old, uint? New, uint From, uint To)> moves) =>
        Exchange(
            operations,
            map,
            [.. moves.Where(m => m.Old is not null).Select(m => (new Addresses.IpRange(m.Address, m.Address), m.Old!.Value))],
            [.. moves.Where(m => m.New is not null).Select(m => (new Addresses.IpRange(m.Address, m.Address), m.New!.Value))]);

    private static void Exchange(Operations operations, IdentityMap map, List<(Addresses.IpRange, uint)> removed, List<(Addresses.IpRange, uint)> added)
    {
        if (removed.Count > 0)
        {
            operations.Add(new RuleOperation.DeleteIdentities(map with { Elements = [.. removed] }));
        }

        if (added.Count > 0)
        {
            operations.Add(new RuleOperation.AddIdentities(map with { Elements = [.. added] }));
        }
    }

    /// <summary>
    /// True if addresses can go to another identity before anything else changes: till then every class that is there judges them as before, or, where
    /// nothing of the class and its members changes, as afterwards.
    /// </summary>
    private bool CanBeEarly(uint from, uint to)
    {
        bool mustNotShow = KeptDispatches.Any(m => Difference(m.Name) is { } d && (d.Changed.Count > 0 || d.Removed.Count > 0));
        foreach (RuleChain chain in _old.Table.Chains)
        {
            string[] tables = [.. TablesOf(chain)];
            if (tables.Length == 0)
            {
                continue;
            }

            bool isKept = _newChains.TryGetValue(chain.Name, out RuleChain? now) && now.Equals(chain);
            bool isCopied = _fresh.Contains(to) && (!isKept || tables.Any(_renewed.Contains));
            if (isCopied || tables.All(t => SameRow(OldRows(t), from, _fresh.Contains(to) ? NewRows(t) : OldRows(t), to)))
            {
                continue;
            }

            if (mustNotShow || !isKept || !tables.All(t => _fresh.Contains(to) || SameRow(OldRows(t), to, NewRows(t), to)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True if addresses can go to another identity after everything else has changed: till then every class judges them as afterwards, or as before.</summary>
    private bool CanBeLate(uint from, uint to)
    {
        bool mustNotShow = KeptDispatches.Any(m => Difference(m.Name) is { } d && (d.Changed.Count > 0 || d.Added.Count > 0));
        foreach (RuleChain chain in _new.Chains)
        {
            string[] tables = [.. TablesOf(chain)];
            if (tables.Length == 0)
            {
                continue;
            }

            bool isKept = _oldChains.TryGetValue(chain.Name, out RuleChain? old) && old.Equals(chain);
            ClassRows After(string table) => _dying.Contains(from) && isKept && !_renewed.Contains(table) ? OldRows(table) : NewRows(table);
            if (tables.All(t => SameRow(After(t), from, NewRows(t), to)))
            {
                continue;
            }

            if (mustNotShow || !isKept || !tables.All(t => SameRow(After(t), from, OldRows(t), from)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameRow(ClassRows left, uint from, ClassRows right, uint to)
    {
        List<RuleElement> row = left[from], other = right[to];
        return row.Count == other.Count && (row.Count == 0 || left.Copy(from, to).ToHashSet().SetEquals(other));
    }
}
