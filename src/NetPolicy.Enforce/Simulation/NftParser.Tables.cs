using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Table and chain blocks.</summary>
internal sealed partial class NftParser
{
    private void ParseTable()
    {
        (NftFamily family, string name) = ExpectTableName();
        NftTableBuilder? table = tables.Find(candidate => candidate.Table.Family == family && candidate.Table.Name == name);
        if (table is null)
        {
            table = new NftTableBuilder(new NftTable(family, name));
            tables.Add(table);
        }

        currentTable = table;
        if (Current.Kind != NftTokenKind.OpenBrace)
        {
            return;
        }

        cursor++;
        SkipSeparators();
        while (Current.Kind != NftTokenKind.CloseBrace)
        {
            ParseTableItem(table);
            ExpectSeparator();
        }

        cursor++;
    }

    private void ParseTableItem(NftTableBuilder table)
    {
        int position = Current.Start;
        switch (ExpectWord("`chain`, `set`, `map`, `counter`, `flags`, `comment` or `}`"))
        {
            case "chain":
                ParseChain(table);
                break;
            case "set":
                ParseSet(table, isMap: false);
                break;
            case "map":
                ParseSet(table, isMap: true);
                break;
            case "counter":
                ParseCounterObject(table);
                break;
            case "flags":
                table.Table.IsDormant |= ExpectWord("`dormant` or `owner`") switch
                {
                    "dormant" => true,
                    "owner" => false,
                    string flag => throw Error(position, $"found table flag `{flag}`, expected `dormant` or `owner`"),
                };
                break;
            case "comment":
                ExpectText("a comment in quotes");
                break;
            case string other:
                throw Error(position, $"found `{other}`, expected `chain`, `set`, `map`, `counter`, `flags`, `comment` or `}}`");
        }
    }

    private void ParseChain(NftTableBuilder table)
    {
        string name = ExpectNewName("a chain name");
        if (!table.ChainsByName.TryGetValue(name, out NftChainBuilder? chain))
        {
            chain = new NftChainBuilder(new NftChain(table.Table, name, null));
            table.ChainsByName.Add(name, chain);
            table.Chains.Add(chain);
        }

        if (Current.Kind != NftTokenKind.OpenBrace)
        {
            return;
        }

        cursor++;
        SkipSeparators();
        while (Current.Kind != NftTokenKind.CloseBrace)
        {
            ParseChainItem(table, chain);
            ExpectSeparator();
        }

        cursor++;
    }

    private void ParseChainItem(NftTableBuilder table, NftChainBuilder chain)
    {
        if (NextIs("type") && tokens[cursor + 1].Kind == NftTokenKind.Word)
        {
            ParseHook(chain.Chain);
        }
        else if (NextIs("policy"))
        {
            ParsePolicy(chain.Chain);
        }
        else if (NextIs("comment"))
        {
            cursor++;
            ExpectText("a comment in quotes");
        }
        else
        {
            chain.Rules.Add(ParseRule(table, chain));
        }
    }

    /// <summary><c>type filter hook forward priority -150</c>; the policy follows as an item of its own.</summary>
    private void ParseHook(NftChain chain)
    {
        int position = Current.Start;
        cursor++;
        NftChainType type = ExpectWord("a chain type") switch
        {
            "filter" => NftChainType.Filter,
            "route" => NftChainType.Route,
            "nat" => NftChainType.Nat,
            string other => throw Error(position, $"found chain type `{other}`, expected `filter`, `route` or `nat`"),
        };
        Expect("hook");
        int hookPosition = Current.Start;
        Hook hook = ExpectWord("a hook") switch
        {
            "prerouting" => Hook.Prerouting,
            "input" => Hook.Input,
            "forward" => Hook.Forward,
            "output" => Hook.Output,
            "postrouting" => Hook.Postrouting,
            string other => throw Error(hookPosition, $"found hook `{other}`, expected `prerouting`, `input`, `forward`, `output` or `postrouting`"),
        };
        if ((type == NftChainType.Route && hook != Hook.Output) || (type == NftChainType.Nat && hook == Hook.Forward))
        {
            throw Error(position, $"found a chain of this type at hook `{hook}`, where the kernel has none");
        }

        Expect("priority");
        chain.Base = new NftBase(type, hook, ExpectPriority(hook), NftVerdict.Accept);
    }

    private int ExpectPriority(Hook hook)
    {
        int position = Current.Start;
        string word = ExpectWord("a priority");
        if (int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        int named = word switch
        {
            "raw" => -300,
            "mangle" => -150,
            "dstnat" when hook == Hook.Prerouting => -100,
            "filter" => 0,
            "security" => 50,
            "srcnat" when hook == Hook.Postrouting => 100,
            _ => throw Error(position, $"found priority `{word}`, expected a number or `raw`, `mangle`, `filter`, `security`, at prerouting `dstnat`, at postrouting `srcnat`"),
        };
        int sign = NextIs("+") ? 1 : NextIs("-") ? -1 : 0;
        if (sign == 0)
        {
            return named;
        }

        cursor++;
        return named + (sign * (int)ExpectNumber("a number to add to the priority", int.MaxValue / 2));
    }

    private void ParsePolicy(NftChain chain)
    {
        int position = Current.Start;
        cursor++;
        if (chain.Base is null)
        {
            throw Error(position, "found a policy on a chain without a hook, expected `type ... hook ... priority ...` before");
        }

        NftVerdict policy = ExpectWord("`accept` or `drop`") switch
        {
            "accept" => NftVerdict.Accept,
            "drop" => NftVerdict.Drop,
            string other => throw Error(position, $"found policy `{other}`, expected `accept` or `drop`"),
        };
        chain.Base = chain.Base with { Policy = policy };
    }

    private void ParseCounterObject(NftTableBuilder table)
    {
        int position = Current.Start;
        string name = ExpectNewName("a counter name");
        CounterValue value = default;
        if (Current.Kind == NftTokenKind.OpenBrace)
        {
            cursor++;
            SkipSeparators();
            while (Current.Kind != NftTokenKind.CloseBrace)
            {
                if (TakeIf("comment"))
                {
                    ExpectText("a comment in quotes");
                }
                else
                {
                    value = ParseCounterValue(isRequired: true);
                }

                if (Current.Kind != NftTokenKind.CloseBrace)
                {
                    ExpectSeparator();
                }
            }

            cursor++;
        }

        if (!table.Counters.TryAdd(name, counters.Count))
        {
            throw Error(position, $"found counter `{name}` a second time");
        }

        table.CounterNames.Add(name);
        counters.Add(value);
    }

    /// <summary><c>packets N bytes M</c>.</summary>
    private CounterValue ParseCounterValue(bool isRequired)
    {
        if (!isRequired && !NextIs("packets"))
        {
            return default;
        }

        Expect("packets");
        long packets = (long)ExpectNumber("a number of packets", long.MaxValue);
        Expect("bytes");
        return new CounterValue(packets, (long)ExpectNumber("a number of bytes", long.MaxValue));
    }
}
