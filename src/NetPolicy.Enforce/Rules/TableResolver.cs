using System.Globalization;
using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>Gives a table's parts the names that the kernel knows.</summary>
internal sealed class TableResolver
{
    private readonly RuleTable _table;
    private readonly EpochPair _epochs;
    private readonly Func<string, string> _nameOf;

    /// <summary>All names end in one version.</summary>
    public TableResolver(RuleTable table, int version, EpochPair epochs)
        : this(table, Suffixed(table, version), epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
    }

    /// <summary>Names are what <paramref name="nameOf"/> says.</summary>
    public TableResolver(RuleTable table, Func<string, string> nameOf, EpochPair epochs)
    {
        _table = table;
        _nameOf = nameOf;
        _epochs = epochs;
    }

    public RuleTable Resolve() => _table with
    {
        Identities = [.. _table.Identities.Select(m => m with { Name = _nameOf(m.Name), Size = HashSize.Of(m) })],
        Sets = [.. _table.Sets.Select(s => s with { Name = _nameOf(s.Name) })],
        Maps = [.. _table.Maps.Select(Resolve)],
        Chains = [.. _table.Chains.Select(Resolve)],
    };

    public RuleMap Resolve(RuleMap map)
    {
        RuleElement[] elements = new RuleElement[map.Elements.Count];
        ReadOnlySpan<RuleElement> from = map.Elements.AsSpan();
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = from[i] with { Verdict = Resolve(from[i].Verdict) };
        }

        return map with { Name = _nameOf(map.Name), Elements = new EquatableArray<RuleElement>(elements), Size = HashSize.Of(map) };
    }

    public RuleChain Resolve(RuleChain chain)
    {
        List<RuleLine> lines = [];
        foreach (RuleLine line in chain.Rules)
        {
            if (_epochs.Resolve(line) is { } concrete)
            {
                lines.Add(Resolve(concrete));
            }
        }

        return chain with { Name = _nameOf(chain.Name), Rules = [.. lines] };
    }

    public RuleVerdict Resolve(RuleVerdict verdict) => verdict.Chain is { } chain ? verdict with { Chain = _nameOf(chain) } : verdict;

    private RuleLine Resolve(RuleLine line)
    {
        RuleStatement[] statements = [.. line.Statements.Select(Resolve)];
        return line with { Statements = new EquatableArray<RuleStatement>(statements) };
    }

    private RuleStatement Resolve(RuleStatement statement) => statement switch
    {
        RuleStatement.MatchSet match => match with { Set = _nameOf(match.Set) },
        RuleStatement.Dispatch dispatch => dispatch with { Map = _nameOf(dispatch.Map) },
        RuleStatement.FindIdentity find => find with { Map = _nameOf(find.Map) },
        RuleStatement.Switch cases => cases with { Entries = [.. cases.Entries.Select(e => e with { Verdict = Resolve(e.Verdict) })] },
        RuleStatement.Go go => go with { Verdict = Resolve(go.Verdict) },
        _ => statement,
    };

    private static Func<string, string> Suffixed(RuleTable table, int version)
    {
        HashSet<string> plain = [];
        foreach (RuleChain chain in table.Chains)
        {
            if (chain.IsShared || chain.Hook is not null)
            {
                plain.Add(chain.Name);
            }
        }

        string suffix = string.Create(CultureInfo.InvariantCulture, $"_{version}");
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        return name =>
        {
            if (!names.TryGetValue(name, out string? final))
            {
                names[name] = final = plain.Contains(name) ? name : name + suffix;
            }

            return final;
        };
    }
}
