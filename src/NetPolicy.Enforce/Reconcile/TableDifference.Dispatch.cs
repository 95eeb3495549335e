using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <content>Which interface leads where, and the sets that rules ask.</content>
internal sealed partial class TableDifference
{
    // Those of them that differ.
    private IEnumerable<RuleMap> KeptDispatches => _maps.Changed.Where(m => !IsTable(m.New)).Select(m => m.New);

    private int DispatchChanges() => KeptDispatches.Count(m => !Difference(m.Name).IsEmpty);

    // Addresses that a workload's interface had and has no more: they lose their identity when nothing is judged as theirs.
    private HashSet<IpAddress> Leaving()
    {
        HashSet<IpAddress> leaving = [];
        foreach (RuleMap map in KeptDispatches)
        {
            foreach (RuleElement element in Difference(map.Name).Removed)
            {
                if (element.Key is RuleValue.Joined joined)
                {
                    leaving.UnionWith(joined.Parts.AsEnumerable().OfType<RuleValue.Addresses>().Select(a => a.Range.First));
                }
            }
        }

        return leaving;
    }

    private void ChangeDispatch()
    {
        HashSet<string>? oldAffected = null, newAffected = null;
        foreach (RuleMap map in KeptDispatches)
        {
            MapDifference difference = Difference(map.Name);
            if (difference.IsEmpty)
            {
                continue;
            }

            _restricts = true;
            if (_rewritten.Count > 0)
            {
                // A packet under way may meet a new element, and yet the rules that the chain it leads to had before.
                oldAffected ??= Affected(_old.Table);
                newAffected ??= Affected(_new);
            }

            List<RuleElement> added = [], addedAfter = [], removed = [.. difference.Removed];
            foreach (RuleElement element in difference.Added)
            {
                (IsIn(newAffected, element) ? addedAfter : added).Add(element);
            }

            List<(RuleElement Old, RuleElement New)> before = [], after = [];
            foreach ((RuleElement Old, RuleElement New) change in difference.Changed)
            {
                bool leaves = IsIn(oldAffected, change.Old), enters = IsIn(newAffected, change.New);
                _isImpossible |= leaves && enters;
                if (leaves || enters)
                {
                    (leaves ? before : after).Add(change);
                }
                else
                {
                    removed.Add(change.Old);
                    added.Add(change.New);
                }
            }

            Remove(_before, map, before.Select(c => c.Old));
            Add(_before, map, before.Select(c => c.New));
            Remove(_change, map, removed);
            Add(_change, map, added);
            Remove(_after, map, after.Select(c => c.Old));
            Add(_after, map, [.. after.Select(c => c.New), .. addedAfter]);
        }
    }

    private static bool IsIn(HashSet<string>? chains, RuleElement element) => chains is not null && element.Verdict.Chain is { } chain && chains.Contains(chain);

    /// <summary>Chains whose rules change, and all that lead to them.</summary>
    private HashSet<string> Affected(RuleTable table)
    {
        HashSet<string> affected = new(_rewritten, StringComparer.Ordinal);
        Dictionary<string, List<string>> callers = new(StringComparer.Ordinal);
        foreach (RuleChain chain in table.Chains)
        {
            foreach (RuleLine line in chain.Rules)
            {
                foreach (RuleStatement statement in line.Statements)
                {
                    if (statement is RuleStatement.Go { Verdict.Chain: { } target })
                    {
                        if (!callers.TryGetValue(target, out List<string>? from))
                        {
                            callers[target] = from = [];
                        }

                        from.Add(chain.Name);
                    }
                }
            }
        }

        Queue<string> next = new(affected);
        while (next.TryDequeue(out string? chain))
        {
            foreach (string caller in callers.GetValueOrDefault(chain, []))
            {
                if (affected.Add(caller))
                {
                    next.Enqueue(caller);
                }
            }
        }

        return affected;
    }

    // What a set gains it has when the rest changes, what it loses it loses afterwards. Sets of ranges have both in between.
    private void ChangeSets()
    {
        foreach ((RuleSet old, RuleSet set) in _sets.Changed)
        {
            if (_renewed.Contains(set.Name) || old.Elements == set.Elements)
            {
                continue;
            }

            _restricts = true;
            if (set.IsInterval)
            {
                EquatableArray<RuleValue> both = RangeUnion.Of(old, set)!.Value;
                Exchange(_before, set, old.Elements, both);
                Exchange(_late, set, both, set.Elements);
            }
            else
            {
                (RuleValue[] removed, RuleValue[] added) = Differences(old.Elements, set.Elements);
                AddElements(_change, set, added);
                DeleteElements(_late, set, removed);
            }
        }
    }

    private void Exchange(Operations operations, RuleSet set, EquatableArray<RuleValue> old, EquatableArray<RuleValue> @new)
    {
        (RuleValue[] removed, RuleValue[] added) = Differences(old, @new);
        DeleteElements(operations, set, removed);
        AddElements(operations, set, added);
    }

    // Most of two long lists is alike at both ends.
    private static (RuleValue[] Removed, RuleValue[] Added) Differences(EquatableArray<RuleValue> old, EquatableArray<RuleValue> @new)
    {
        ReadOnlySpan<RuleValue> before = old.AsSpan(), after = @new.AsSpan();
        int first = before.CommonPrefixLength(after);
        before = before[first..];
        after = after[first..];
        int last = 0;
        while (last < before.Length && last < after.Length && before[^(last + 1)].Equals(after[^(last + 1)]))
        {
            last++;
        }

        HashSet<RuleValue> removed = [.. before[..^last]], added = [.. after[..^last]], both = [.. removed];
        both.IntersectWith(added);
        removed.ExceptWith(both);
        added.ExceptWith(both);
        return ([.. removed], [.. added]);
    }

    private void AddElements(Operations operations, RuleSet set, RuleValue[] elements)
    {
        if (elements.Length > 0)
        {
            operations.Add(new RuleOperation.AddSetElements(set with { Name = NameOf(set.Name), Elements = [.. elements] }));
        }
    }

    private void DeleteElements(Operations operations, RuleSet set, RuleValue[] elements)
    {
        if (elements.Length > 0)
        {
            operations.Add(new RuleOperation.DeleteSetElements(set with { Name = NameOf(set.Name), Elements = [.. elements] }));
        }
    }
}
