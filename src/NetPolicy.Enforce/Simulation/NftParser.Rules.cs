using System.Globalization;
using System.Text;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Rules and their statements.</summary>
internal sealed partial class NftParser
{
    private const string StatementExpected =
        "a match, a verdict, `counter`, `log`, `limit`, `reject`, `notrack`, a `set` of a mark or priority, or a translation";

    /// <summary>What nft answers unless told otherwise, in whatever family the packet is of.</summary>
    private const string DefaultRejection = "port-unreachable";

    /// <summary>The rule being read.</summary>
    private RuleContext rule = null!;

    private NftRule ParseRule(NftTableBuilder table, NftChainBuilder chain)
    {
        NftToken first = Current;
        rule = new RuleContext(table);
        string? comment = null;
        while (!AtSeparator && Current.Kind is not (NftTokenKind.CloseBrace or NftTokenKind.End))
        {
            if (comment is not null)
            {
                throw Error(Current.Start, $"found {Found()} after the comment, expected the end of the rule");
            }

            if (TakeIf("comment"))
            {
                comment = ExpectText("a comment in quotes");
                continue;
            }

            if (rule.IsTerminated)
            {
                throw Error(Current.Start, $"found {Found()} after a statement that ends the rule, where it has no effect");
            }

            ParseStatement();
        }

        if (rule.Instructions.Count == 0)
        {
            throw Error(first.Start, $"found {Found()}, expected {StatementExpected}");
        }

        return new NftRule(chain.Chain, RuleText(first.Start, tokens[cursor - 1]), comment, Locate(first.Start).Line, [.. rule.Instructions]);
    }

    private string RuleText(int start, NftToken last)
    {
        int end = last.End + (last.Kind == NftTokenKind.Quoted ? 1 : 0);
        StringBuilder result = new(end - start);
        bool blank = false;
        for (int index = start; index < end; index++)
        {
            char c = text[index];
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                blank = true;
                continue;
            }

            if (blank && result.Length > 0)
            {
                result.Append(' ');
            }

            blank = false;
            result.Append(c);
        }

        return result.ToString();
    }

    private void ParseStatement()
    {
        if (Current.Kind == NftTokenKind.OpenParen)
        {
            ParseMatch();
            return;
        }

        if (Current.Kind != NftTokenKind.Word)
        {
            throw Error(Current.Start, $"found {Found()}, expected {StatementExpected}");
        }

        switch (PeekWord())
        {
            case "accept" or "drop" or "continue" or "return" or "jump" or "goto":
                NftDecision decision = ParseDecision();
                Emit(new DecideInstruction(decision));
                rule.IsTerminated = decision.IsTerminal;
                break;
            case "counter":
                ParseCounter();
                break;
            case "log":
                ParseLog();
                break;
            case "limit":
                ParseLimit();
                break;
            case "notrack":
                cursor++;
                Emit(new NotrackInstruction());
                break;
            case "reject":
                ParseReject();
                break;
            case "dnat" or "snat" or "masquerade" or "redirect":
                ParseNat();
                break;
            case "meta" or "ct" when tokens[cursor + 2] is var third && third.Kind == NftTokenKind.Word && Span(third) is "set":
                ParseWrite();
                break;
            case "mark" when tokens[cursor + 1] is var second && second.Kind == NftTokenKind.Word && Span(second) is "set":
                ParseWrite();
                break;
            default:
                ParseMatch();
                break;
        }
    }

    private void Emit(Instruction instruction) => rule.Instructions.Add(instruction);

    private NftDecision ParseDecision()
    {
        int position = Current.Start;
        return ExpectWord("a verdict") switch
        {
            "accept" => NftDecision.Accept,
            "drop" => NftDecision.Drop,
            "continue" => NftDecision.Continue,
            "return" => NftDecision.Return,
            "jump" => ParseTarget(NftVerdictCode.Jump),
            "goto" => ParseTarget(NftVerdictCode.Goto),
            string other => throw Error(position, $"found `{other}`, expected `accept`, `drop`, `continue`, `return`, `jump` or `goto`"),
        };
    }

    private NftDecision ParseTarget(NftVerdictCode code)
    {
        int position = Current.Start;
        NftDecision decision = new(code, ExpectWord("a chain name"));
        pendingChains.Add((currentTable!, decision, position));
        return decision;
    }

    private void ParseCounter()
    {
        cursor++;
        if (TakeIf("name"))
        {
            int position = Current.Start;
            string name = Current.Kind == NftTokenKind.Quoted ? ExpectQuoted("a counter name") : ExpectWord("a counter name");
            if (!rule.Table.Counters.TryGetValue(name, out int slot))
            {
                throw Error(position, $"found counter `{name}`, which is not declared before");
            }

            Emit(new CountInstruction(slot, name));
            return;
        }

        CounterValue value = ParseCounterValue(isRequired: false);
        Emit(new CountInstruction(counters.Count, null));
        counters.Add(value);
    }

    private void ParseLog()
    {
        cursor++;
        string? prefix = null;
        ushort? group = null;
        SortedDictionary<string, string> options = new(StringComparer.Ordinal);
        while (true)
        {
            switch (PeekWord())
            {
                case "prefix":
                    cursor++;
                    prefix = ExpectText("a prefix in quotes");
                    break;
                case "group":
                    cursor++;
                    group = (ushort)ExpectNumber("a log group", ushort.MaxValue);
                    break;
                case "snaplen" or "queue-threshold":
                    options.Add(TakeWord(), ExpectNumber("a number", uint.MaxValue).ToString(CultureInfo.InvariantCulture));
                    break;
                case "level" or "flags":
                    options.Add(TakeWord(), ExpectWord("a log level or flag"));
                    break;
                default:
                    options.Remove("level", out string? level);
                    if (level is not (null or "warn"))
                    {
                        options.Add("level", level);
                    }

                    Emit(new LogInstruction(prefix, group, string.Concat(options.Select(pair => $" {pair.Key} {pair.Value}"))));
                    return;
            }
        }
    }

    /// <summary><c>limit rate [over] N[ unit]/period [burst N unit]</c>.</summary>
    private void ParseLimit()
    {
        cursor++;
        Expect("rate");
        bool isOver = TakeIf("over");
        int position = Current.Start;
        string amountText = ExpectWord("a rate such as `10/second`");
        string period;
        uint scale = 1;
        bool countsBytes = false;
        if (amountText.Contains('/', StringComparison.Ordinal))
        {
            (amountText, period) = (amountText[..amountText.IndexOf('/', StringComparison.Ordinal)], amountText[(amountText.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        }
        else
        {
            string unit = ExpectWord("a unit and a period such as `kbytes/second`");
            int slash = unit.IndexOf('/', StringComparison.Ordinal);
            scale = ByteScale(slash < 0 ? unit : unit[..slash]) ?? throw Error(position, $"found rate unit `{unit}`, expected `bytes`, `kbytes` or `mbytes` per period");
            countsBytes = true;
            period = slash < 0 ? "" : unit[(slash + 1)..];
        }

        ulong nanoseconds = period switch
        {
            "second" => 1_000_000_000UL,
            "minute" => 60_000_000_000UL,
            "hour" => 3_600_000_000_000UL,
            "day" => 86_400_000_000_000UL,
            "week" => 604_800_000_000_000UL,
            _ => throw Error(position, $"found rate period `{period}`, expected `second`, `minute`, `hour`, `day` or `week`"),
        };
        if (!NftNumber.TryParse(amountText, out ulong amount) || amount == 0)
        {
            throw Error(position, $"found rate `{amountText}`, expected a number above 0");
        }

        uint burst = countsBytes ? 0u : 5u;
        if (TakeIf("burst"))
        {
            burst = (uint)ExpectNumber("a burst", uint.MaxValue);
            int unitPosition = Current.Start;
            string unit = ExpectWord("`packets` or a byte unit");
            burst *= unit == "packets" && !countsBytes ? 1 : ByteScale(unit) is { } byteScale && countsBytes ? byteScale
                : throw Error(unitPosition, $"found burst unit `{unit}`, which does not fit the rate");
        }

        NftRate rate = new(amount * scale, nanoseconds, burst, countsBytes);
        string described = string.Create(
            CultureInfo.InvariantCulture, $"limit rate {(isOver ? "over " : "")}{rate.Amount}{(countsBytes ? " bytes" : "")}/{period} burst {burst}");
        Emit(new LimitInstruction(limitCount++, rate, isOver, described));
    }

    private static uint? ByteScale(string unit) => unit switch
    {
        "bytes" => 1,
        "kbytes" => 1024,
        "mbytes" => 1024 * 1024,
        _ => null,
    };

    private void ParseReject()
    {
        cursor++;
        rule.IsTerminated = true;
        if (!TakeIf("with"))
        {
            Emit(new RejectInstruction(DefaultRejection));
            return;
        }

        int position = Current.Start;
        string kind = ExpectWord("`tcp reset`, `icmp`, `icmpv6` or `icmpx`");
        switch (kind)
        {
            case "tcp":
                Expect("reset");
                RequireTransport(6, position);
                Emit(new RejectInstruction("tcp reset"));
                break;
            case "icmp" or "icmpv6" or "icmpx":
                TakeIf("type");
                if (kind != "icmpx")
                {
                    RequireNetwork(kind == "icmp" ? PacketFamily.IPv4 : PacketFamily.IPv6, position);
                }

                string code = ExpectWord("what to answer");
                Emit(new RejectInstruction(code == DefaultRejection ? code : $"{kind} {code}"));
                break;
            default:
                throw Error(position, $"found `{kind}`, expected `tcp reset`, `icmp`, `icmpv6` or `icmpx`");
        }
    }

    private void ParseWrite()
    {
        int position = Current.Start;
        string header = NextIs("mark") ? "meta" : TakeWord();
        string name = TakeWord();
        cursor++;
        (NftWritable target, NftType type) = (header, name) switch
        {
            ("meta", "mark") => (NftWritable.MetaMark, NftType.Mark),
            ("meta", "priority") => (NftWritable.MetaPriority, NftType.ClassId),
            ("meta", "nftrace") => (NftWritable.MetaTrace, NftType.Number8),
            ("ct", "mark") => (NftWritable.CtMark, NftType.Mark),
            _ => throw Error(position, $"found `{header} {name} set`, expected `meta mark`, `meta priority`, `meta nftrace` or `ct mark`"),
        };
        Emit(new WriteInstruction(target, ParseValueSource([type])));
    }

    /// <summary>A constant, a field with bitwise operations, or <c>fields map @m</c>.</summary>
    private NftValueSource ParseValueSource(IReadOnlyList<NftType> types)
    {
        int position = Current.Start;
        if (!AtField())
        {
            return new ConstantSource(types[0], ParseConstant(types[0]));
        }

        NftOperand[] operands = ParseConcatenation();
        if (TakeIf("map"))
        {
            return new MapSource(operands, ParseSetReference(operands, types));
        }

        if (operands.Length != 1 || types.Count != 1 || operands[0].Field.Type != types[0])
        {
            throw Error(position, $"found a value of type {string.Join(" . ", operands.Select(operand => operand.Field.Type.Name))}, expected {types[0].Name} or `map`");
        }

        return new OperandSource(operands[0]);
    }

    private sealed class RuleContext(NftTableBuilder table)
    {
        internal NftTableBuilder Table { get; } = table;

        internal List<Instruction> Instructions { get; } = [];

        internal PacketFamily? Network { get; set; } = table.Table.Family switch
        {
            NftFamily.IPv4 => PacketFamily.IPv4,
            NftFamily.IPv6 => PacketFamily.IPv6,
            _ => null,
        };

        internal byte? Transport { get; set; }

        /// <summary>Whether the rule has looked at the protocol, if only by a set.</summary>
        internal bool ComparesTransport { get; set; }

        internal bool IsTerminated { get; set; }
    }
}
