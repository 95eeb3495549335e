using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>A table in memory that takes transactions as the kernel does: what the kernel refuses, it refuses.</summary>
internal sealed class ModelTable
{
    private readonly SortedDictionary<string, (RuleHook? Hook, List<RuleLine> Rules)> _chains = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (RuleMap Map, Dictionary<RuleValue, RuleVerdict> Elements)> _maps = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (RuleSet Set, HashSet<RuleValue> Elements)> _sets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (IdentityMap Map, Dictionary<IpRange, uint> Elements)> _identities = new(StringComparer.Ordinal);
    private string? _name;
    private string _comment = "";

    public bool IsThere => _name is not null;

    public void Apply(RuleTransaction transaction)
    {
        foreach (RuleOperation operation in transaction.Operations)
        {
            Apply(transaction.Table, operation);
        }

        Check();
    }

    /// <summary>The table, with its parts in order of their names.</summary>
    public RuleTable ToTable() => new(
        _name!,
        _comment,
        [.. _identities.Values.Select(m => m.Map with { Elements = [.. m.Elements.Select(e => (e.Key, e.Value)).OrderBy(e => e.Key.First)] })],
        [.. _sets.Values.Select(s => s.Set with { Elements = [.. s.Elements] })],
        [.. _maps.Values.Select(m => m.Map with { Elements = [.. m.Elements.Select(e => new RuleElement(e.Key, e.Value))] })],
        [.. _chains.Select(c => new RuleChain(c.Key, [.. c.Value.Rules], c.Value.Hook)).OrderBy(c => c.Hook is null ? 0 : 1)]);

    /// <summary>The first part that differs from a table's; null if none does. Sizes are left out.</summary>
    public string? Difference(RuleTable wanted)
    {
        ModelTable other = new();
        Operations operations = new();
        operations.Add(new RuleOperation.AddTable(_comment));
        operations.Load(wanted);
        operations.Load([.. wanted.Chains], wanted.Maps);
        other.Apply(operations.Transaction(wanted.Name));
        return Different(_chains.Keys, other._chains.Keys, n => _chains[n].Hook == other._chains[n].Hook && _chains[n].Rules.SequenceEqual(other._chains[n].Rules))
            ?? Different(_maps.Keys, other._maps.Keys, n => Same(_maps[n].Elements, other._maps[n].Elements))
            ?? Different(_sets.Keys, other._sets.Keys, n => _sets[n].Elements.SetEquals(other._sets[n].Elements))
            ?? Different(_identities.Keys, other._identities.Keys, n => Same(_identities[n].Elements, other._identities[n].Elements));
    }

    private static string? Different(IEnumerable<string> own, IEnumerable<string> others, Func<string, bool> isSame)
    {
        string[] odd = [.. own.Except(others, StringComparer.Ordinal).Select(n => "too much: " + n), .. others.Except(own, StringComparer.Ordinal).Select(n => "missing: " + n)];
        return odd.Length > 0 ? string.Join(", ", odd) : own.FirstOrDefault(n => !isSame(n)) is { } name ? $"{name} has other content" : null;
    }

    private static bool Same<TKey, TValue>(Dictionary<TKey, TValue> left, Dictionary<TKey, TValue> right)
        where TKey : notnull => left.Count == right.Count && left.All(e => right.TryGetValue(e.Key, out TValue? value) && Equals(value, e.Value));

    private void Apply(string table, RuleOperation operation)
    {
        switch (operation)
        {
            case RuleOperation.AddTable add:
                _comment = _name is null ? add.Comment : _comment;
                _name = table;
                break;
            case RuleOperation.DeleteTable:
                _name = null;
                _chains.Clear();
                _maps.Clear();
                _sets.Clear();
                _identities.Clear();
                break;
            case RuleOperation.AddChain add:
                _chains.Add(add.Name, (add.Hook, []));
                break;
            case RuleOperation.FlushChain flush:
                _chains[flush.Name].Rules.Clear();
                break;
            case RuleOperation.DeleteChain delete:
                Hold(_chains.Remove(delete.Name, out var gone) && gone.Rules.Count == 0, $"deleting chain {delete.Name}");
                break;
            case RuleOperation.AddRule add:
                _chains[add.Chain].Rules.Add(add.Line);
                break;
            case RuleOperation.AddSet add:
                _sets.Add(add.Set.Name, (add.Set, []));
                break;
            case RuleOperation.AddMap add:
                _maps.Add(add.Map.Name, (add.Map, []));
                break;
            case RuleOperation.AddIdentityMap add:
                _identities.Add(add.Map.Name, (add.Map, []));
                break;
            case RuleOperation.DeleteSet delete:
                Hold(_sets.Remove(delete.Name), $"deleting set {delete.Name}");
                break;
            case RuleOperation.DeleteMap delete:
                Hold(_maps.Remove(delete.Name) || _identities.Remove(delete.Name), $"deleting map {delete.Name}");
                break;
            case RuleOperation.AddSetElements add:
                Hold(add.Elements.Elements.All(e => _sets[add.Elements.Name].Elements.Add(e)), $"elements of {add.Elements.Name}");
                break;
            case RuleOperation.DeleteSetElements delete:
                Hold(delete.Elements.Elements.All(e => _sets[delete.Elements.Name].Elements.Remove(e)), $"elements of {delete.Elements.Name}");
                break;
            case RuleOperation.AddMapElements add:
                Hold(add.Elements.Elements.All(e => _maps[add.Elements.Name].Elements.TryAdd(e.Key, e.Verdict)), $"elements of {add.Elements.Name}");
                break;
            case RuleOperation.DeleteMapElements delete:
                Hold(delete.Elements.Elements.All(e => _maps[delete.Elements.Name].Elements.Remove(e.Key)), $"elements of {delete.Elements.Name}");
                break;
            case RuleOperation.AddIdentities add:
                Hold(add.Elements.Elements.All(e => _identities[add.Elements.Name].Elements.TryAdd(e.Addresses, e.Identity)), $"elements of {add.Elements.Name}");
                break;
            case RuleOperation.DeleteIdentities delete:
                Hold(delete.Elements.Elements.All(e => _identities[delete.Elements.Name].Elements.Remove(e.Addresses)), $"elements of {delete.Elements.Name}");
                break;
            default:
                throw new InvalidOperationException(operation.ToString());
        }
    }

    // What rules and elements name is there, fixed sizes hold, ranges do not overlap.
    private void Check()
    {
        foreach ((string name, var chain) in _chains)
        {
            foreach (RuleStatement statement in chain.Rules.SelectMany(r => r.Statements))
            {
                switch (statement)
                {
                    case RuleStatement.Go go:
                        Check(name, go.Verdict);
                        break;
                    case RuleStatement.Switch cases:
                        cases.Entries.ToList().ForEach(e => Check(name, e.Verdict));
                        break;
                    case RuleStatement.Dispatch dispatch:
                        Hold(_maps.ContainsKey(dispatch.Map), $"{name} looks into {dispatch.Map}");
                        break;
                    case RuleStatement.FindIdentity find:
                        Hold(_identities.ContainsKey(find.Map), $"{name} looks into {find.Map}");
                        break;
                    case RuleStatement.MatchSet match:
                        Hold(_sets.ContainsKey(match.Set), $"{name} looks into {match.Set}");
                        break;
                }
            }
        }

        foreach ((string name, var map) in _maps)
        {
            Hold(map.Map.Size == 0 || map.Elements.Count <= map.Map.Size, $"size of {name}");
            map.Elements.Values.ToList().ForEach(v => Check(name, v));
        }

        foreach ((string name, var map) in _identities)
        {
            Hold(map.Map.Size == 0 || map.Elements.Count <= map.Map.Size, $"size of {name}");
            Disjoint(name, map.Elements.Keys);
        }

        foreach ((string name, var set) in _sets)
        {
            Disjoint(name, set.Elements.OfType<RuleValue.Addresses>().Select(a => a.Range));
        }
    }

    private static void Disjoint(string name, IEnumerable<IpRange> ranges)
    {
        IpRange? last = null;
        foreach (IpRange range in ranges.OrderBy(r => r.First))
        {
            Hold(last is not { } before || range.First > before.Last, $"ranges of {name} overlap");
            last = range;
        }
    }

    private void Check(string from, RuleVerdict verdict) => Hold(verdict.Chain is null || _chains.ContainsKey(verdict.Chain), $"{from} leads to {verdict.Chain}");

    private static void Hold(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
