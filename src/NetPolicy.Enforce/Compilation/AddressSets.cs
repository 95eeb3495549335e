using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Addresses by the view they have of a condition, as conditions of rules; equal long lists become one named set.</summary>
internal sealed class AddressSets(IdentitySpace identities, Dictionary<EndConditions, int> indexes, CompilationMemory memory)
{
    private const int MaxInline = 4;

    private readonly Dictionary<EquatableArray<IpRange>, string> _names = [];
    private readonly List<RuleSet> _sets = [];
    private readonly Dictionary<(EndConditions, IpFamily), List<(int View, EquatableArray<IpRange> Ranges)>> _groups = [];

    public IReadOnlyList<RuleSet> Sets => _sets;

    /// <summary>True if rules hold addresses that depend on who has them.</summary>
    public bool DependsOnMembers { get; private set; }

    /// <summary>The views of matching addresses of a family, each with its addresses, in order of the first.</summary>
    public List<(int View, EquatableArray<IpRange> Ranges)> GroupsOf(EndConditions conditions, IpFamily family)
    {
        if (!_groups.TryGetValue((conditions, family), out List<(int View, EquatableArray<IpRange> Ranges)>? groups))
        {
            DependsOnMembers |= !conditions.IsAnyAddress;
            _groups[(conditions, family)] = groups = Group(conditions, family);
        }

        return groups;
    }

    /// <summary>The condition that an address is in the ranges; none if they are all addresses.</summary>
    public RuleStatement[] Condition(RuleField field, EquatableArray<IpRange> ranges)
    {
        if (ranges.Count == 1 && ranges[0].TryToPrefix(out IpPrefix prefix) && prefix.Length == 0)
        {
            return [];
        }

        if (ranges.Count <= MaxInline)
        {
            return [Say.Is(field, [.. ranges.Select(r => new RuleValue.Addresses(r))])];
        }

        if (!_names.TryGetValue(ranges, out string? name))
        {
            _names[ranges] = name = string.Create(CultureInfo.InvariantCulture, $"a_{memory.AddressLists.Of(ranges)}");
            RuleField key = ranges[0].First.Family == IpFamily.IPv6 ? RuleField.Source6 : RuleField.Source4;
            _sets.Add(new RuleSet(name, [key], [.. ranges.Select(r => new RuleValue.Addresses(r))], IsInterval: true));
        }

        return [Say.In(name, field)];
    }

    private List<(int View, EquatableArray<IpRange> Ranges)> Group(EndConditions conditions, IpFamily family)
    {
        if (identities.Universe.IsStale && !conditions.IsAnyAddress)
        {
            throw new StaleAtomsException();
        }

        List<int> order = [];
        Dictionary<int, List<IpRange>> ranges = [];
        int condition = indexes[conditions];
        for (int a = 0; a < identities.Universe.Atoms.Length; a++)
        {
            Atom atom = identities.Universe.Atoms[a];
            if (atom.Range.First.Family != family)
            {
                continue;
            }

            int view = identities[a].Views[condition];
            if (!conditions[view].Matches)
            {
                continue;
            }

            if (!ranges.TryGetValue(view, out List<IpRange>? list))
            {
                ranges[view] = list = [];
                order.Add(view);
            }

            if (list.Count > 0 && list[^1].Last.Value + 1 == atom.Range.First.Value)
            {
                list[^1] = new IpRange(list[^1].First, atom.Range.Last);
            }
            else
            {
                list.Add(atom.Range);
            }
        }

        return [.. order.Select(v => (v, (EquatableArray<IpRange>)[.. ranges[v]]))];
    }
}

/// <summary>Rules in order list addresses, of which not all are known any more: everything has to be made anew.</summary>
internal sealed class StaleAtomsException : Exception;
