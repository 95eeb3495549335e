using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Puts a table together from its messages: those of a listing, or those a transaction would send.</summary>
internal sealed class TableAssembler
{
    private readonly string _name;
    private readonly RuleFamily _family;
    private readonly List<(string Name, RuleHook? Hook)> _chains = [];
    private readonly Dictionary<string, List<LoadedRule>> _rules = new(StringComparer.Ordinal);
    private readonly List<LoadedSet> _sets = [];
    private readonly Dictionary<string, LoadedSet> _setsByName = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, LoadedSet> _setsById = [];
    private readonly List<string> _foreign = [];
    private readonly RuleDecoder _decoder;
    private string? _comment;

    public TableAssembler(string name, RuleFamily family = RuleFamily.Inet)
    {
        _name = name;
        _family = family;
        _decoder = new RuleDecoder((set, id) => id != 0 && _setsById.TryGetValue(id, out LoadedSet? found) ? found : _setsByName.GetValueOrDefault(set));
    }

    /// <summary>True once the table itself was among the messages.</summary>
    public bool IsThere => _comment is not null;

    /// <summary>Sets read so far, whose elements are listed one by one.</summary>
    public IReadOnlyList<LoadedSet> Sets => _sets;

    /// <summary>Takes a message; those of other tables are left out.</summary>
    public void Take(ushort type, ReadOnlySpan<byte> attributes)
    {
        NetlinkReader reader = new(attributes);
        bool isOurs = false;
        while (reader.MoveNext())
        {
            // The table's name is the first attribute of all of them.
            if (reader.Type == 1)
            {
                isOurs = reader.Text == _name;
                break;
            }
        }

        if (!isOurs)
        {
            return;
        }

        switch (type)
        {
            case Nf.NewTable:
                Table(attributes);
                break;
            case Nf.NewChain:
                Chain(attributes);
                break;
            case Nf.NewSet:
                LoadedSet set = LoadedSet.Read(attributes);
                _sets.Add(set);
                _setsByName[set.Name] = set;
                if (set.Id != 0)
                {
                    _setsById[set.Id] = set;
                }

                break;
            case Nf.NewElement:
                Elements(attributes);
                break;
            case Nf.NewRule:
                Rule(attributes);
                break;
            case Nf.NewObject:
                _foreign.Add("a named object");
                break;
            case Nf.NewFlowTable:
                _foreign.Add("a flow table");
                break;
            default:
                break;
        }
    }

    public LoadedTable Finish(uint generation)
    {
        List<IdentityMap> identities = [];
        List<RuleSet> sets = [];
        List<RuleMap> maps = [];
        List<LoadedTimedSet> timed = [];
        foreach (LoadedSet set in _sets.Where(s => !s.IsAnonymous))
        {
            // Reading the elements may show that they are not the product's.
            if (set.IsTimed && set.WhyForeign.Length == 0)
            {
                timed.Add(new LoadedTimedSet(new RuleSet(set.Name, [.. set.Fields], [.. set.Elements().Select(e => e.Key)], set.IsInterval), set.Remaining));
                _foreign.Add($"set `{set.Name}`: a change on trial");
            }
            else if (set.IsIdentityMap)
            {
                IpFamily family = set.Fields is [RuleField.Source4] ? IpFamily.IPv4 : IpFamily.IPv6;
                identities.Add(new IdentityMap(set.Name, family, [.. set.Identities()], set.IsInterval, set.Size));
            }
            else if (set.IsVerdictMap)
            {
                maps.Add(new RuleMap(set.Name, [.. set.Fields], [.. set.Elements()], set.IsInterval, set.Size));
            }
            else
            {
                sets.Add(new RuleSet(set.Name, [.. set.Fields], [.. set.Elements().Select(e => e.Key)], set.IsInterval, set.Size));
            }

            if (set.WhyForeign.Length > 0)
            {
                _foreign.Add($"set `{set.Name}`: {set.WhyForeign}");
            }
        }

        List<LoadedChain> chains = [];
        foreach ((string name, RuleHook? hook) in _chains)
        {
            EquatableArray<LoadedRule> rules = [.. _rules.GetValueOrDefault(name) ?? []];
            chains.Add(new LoadedChain(name, hook, rules));
            foreach (LoadedRule rule in rules)
            {
                if (rule.Line is null)
                {
                    _foreign.Add($"a rule of chain `{name}`: {rule.WhyForeign}");
                }
            }
        }

        return new LoadedTable(_name, _comment ?? "", generation, [.. identities], [.. sets], [.. maps], [.. chains], [.. _foreign])
        {
            Timed = [.. timed],
            Family = _family,
        };
    }

    private void Table(ReadOnlySpan<byte> attributes)
    {
        _comment = "";
        NetlinkReader reader = new(attributes);
        while (reader.MoveNext())
        {
            if (reader.Type == NftAttribute.TableUserData)
            {
                _comment = NftUserData.ReadComment(reader.Value) ?? "";
            }
            else if (reader.Type == NftAttribute.TableFlags && reader.UInt32 != 0)
            {
                _foreign.Add("the table's flags");
            }
        }
    }

    private void Chain(ReadOnlySpan<byte> attributes)
    {
        string name = "", type = "filter";
        (int Number, int Priority)? hook = null;
        bool isPlain = true;
        NetlinkReader reader = new(attributes);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case NftAttribute.ChainName:
                    name = reader.Text;
                    break;
                case NftAttribute.ChainType:
                    type = reader.Text;
                    break;
                case NftAttribute.ChainPolicy:
                    isPlain &= reader.UInt32 == Nf.VerdictAccept;
                    break;
                case NftAttribute.ChainHook:
                    hook = Hook(reader.Nested, ref isPlain);
                    break;
                default:
                    break;
            }
        }

        if (hook is { Number: > (int)RuleHookPoint.Postrouting } || !isPlain || type != "filter")
        {
            _foreign.Add($"chain `{name}`: its hook or policy");
            hook = null;
        }

        _chains.Add((name, hook is { } found ? new RuleHook((RuleHookPoint)found.Number, found.Priority) : null));
    }

    private static (int Number, int Priority) Hook(NetlinkReader reader, ref bool isPlain)
    {
        int number = int.MaxValue, priority = 0;
        while (reader.MoveNext())
        {
            if (reader.Type == NftAttribute.HookNumber)
            {
                number = unchecked((int)reader.UInt32);
            }
            else if (reader.Type == NftAttribute.HookPriority)
            {
                priority = unchecked((int)reader.UInt32);
            }
            else
            {
                isPlain = false;
            }
        }

        return (number < 0 ? int.MaxValue : number, priority);
    }

    private void Elements(ReadOnlySpan<byte> attributes)
    {
        string name = "";
        uint id = 0;
        NetlinkReader list = default;
        NetlinkReader reader = new(attributes);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case NftAttribute.ElementsSet:
                    name = reader.Text;
                    break;
                case NftAttribute.ElementsSetId:
                    id = reader.UInt32;
                    break;
                case NftAttribute.Elements:
                    list = reader.Nested;
                    break;
                default:
                    break;
            }
        }

        LoadedSet? set = id != 0 ? _setsById.GetValueOrDefault(id) : _setsByName.GetValueOrDefault(name);
        set?.ReadElements(list);
    }

    private void Rule(ReadOnlySpan<byte> attributes)
    {
        string chain = "";
        string? comment = null;
        ulong handle = 0;
        bool isPlain = true;
        NetlinkReader expressions = default;
        NetlinkReader reader = new(attributes);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case NftAttribute.RuleChain:
                    chain = reader.Text;
                    break;
                case NftAttribute.RuleHandle:
                    handle = reader.UInt64;
                    break;
                case NftAttribute.RuleUserData:
                    comment = NftUserData.ReadComment(reader.Value);
                    isPlain &= comment is not null;
                    break;
                case NftAttribute.RuleExpressions:
                    expressions = reader.Nested;
                    break;
                case NftAttribute.RuleCompat:
                    isPlain = false;
                    break;
                default:
                    break;
            }
        }

        RuleLine? line = _decoder.Read(expressions, comment, out string whyForeign);
        if (!isPlain)
        {
            (line, whyForeign) = (null, "what it carries");
        }

        if (!_rules.TryGetValue(chain, out List<LoadedRule>? rules))
        {
            _rules.Add(chain, rules = []);
        }

        rules.Add(new LoadedRule(line, comment, handle, _decoder.Packets, _decoder.Bytes, _decoder.Counters, whyForeign));
    }
}
