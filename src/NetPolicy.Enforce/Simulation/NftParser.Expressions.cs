using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Matches: fields, bitwise operations, comparisons, lookups.</summary>
internal sealed partial class NftParser
{
    private void ParseMatch()
    {
        NftOperand[] operands = ParseConcatenation();
        if (TakeIf("vmap"))
        {
            Emit(new DecideByMapInstruction(operands, ParseSetReference(operands, [NftType.Verdict])));
            return;
        }

        int position = Current.Start;
        NftComparison? comparison = null;
        bool isBitNegation = false;
        if (TakeComparison() is { } symbol)
        {
            isBitNegation = symbol == "!";
            comparison = symbol switch
            {
                "==" or "eq" => NftComparison.Equal,
                "!=" or "ne" => NftComparison.NotEqual,
                "<" or "lt" => NftComparison.Less,
                "<=" or "le" => NftComparison.LessOrEqual,
                ">" or "gt" => NftComparison.Greater,
                ">=" or "ge" => NftComparison.GreaterOrEqual,
                _ => null,
            };
        }

        if (Current.Kind == NftTokenKind.OpenBrace || NextIsReference())
        {
            ParseLookup(operands, comparison, isBitNegation, position);
        }
        else if (operands.Length > 1)
        {
            throw Error(Current.Start, $"found {Found()}, expected a set for the concatenation");
        }
        else
        {
            ParseComparison(operands[0], comparison, isBitNegation, position);
        }
    }

    private string? TakeComparison()
    {
        if (Current.Kind == NftTokenKind.Operator && Span(Current) is "==" or "!=" or "<" or "<=" or ">" or ">=" or "!")
        {
            return TakeWord();
        }

        return PeekWord() is "eq" or "ne" or "lt" or "le" or "gt" or "ge" ? TakeWord() : null;
    }

    private bool NextIsReference() => Current.Kind == NftTokenKind.Word && text[Current.Start] == '@';

    private void ParseLookup(NftOperand[] operands, NftComparison? comparison, bool isBitNegation, int position)
    {
        if (isBitNegation || comparison is not (null or NftComparison.Equal or NftComparison.NotEqual))
        {
            throw Error(position, "found an order comparison with a set, expected `==` or `!=`");
        }

        NftSetReference set = ParseSetReference(operands, []);
        bool isNegated = comparison == NftComparison.NotEqual;
        if (set.IsLiteral && operands.Length == 1 && set.Target.Elements is [{ IsCatchAll: false } only])
        {
            EmitValue(operands[0], only.Key[0], comparison, isBitNegation: false, position);
            return;
        }

        Emit(new LookupInstruction(operands, set, isNegated));
    }

    private void ParseComparison(NftOperand operand, NftComparison? comparison, bool isBitNegation, int position)
    {
        NftType type = operand.Field.Type;
        if (operand.Field.Kind is NftFieldKind.FibInterface or NftFieldKind.FibInterfaceName && NextIs("missing") | NextIs("exists"))
        {
            bool exists = TakeWord() == "exists";
            Emit(new CompareInstruction(operand, exists == (comparison != NftComparison.NotEqual) ? NftComparison.NotEqual : NftComparison.Equal, 0));
            return;
        }

        if (!type.IsFlags)
        {
            if (IsConstantExpression(type))
            {
                UInt128 constant = ParseConstant(type);
                EmitValue(operand, new NftRange(constant, constant), comparison, isBitNegation, position);
                return;
            }

            EmitValue(operand, ParseRange(type), comparison, isBitNegation, position);
            return;
        }

        UInt128 bits = ParseConstant(type);
        if (TakeIf("/"))
        {
            UInt128 mask = ParseConstant(type);
            comparison ??= NftComparison.Equal;
            operand = operand.And(mask);
        }

        EmitValue(operand, new NftRange(bits, bits), comparison, isBitNegation, position);
    }

    /// <summary>Whether the value is written with operators, such as <c>0x1 | 0x2</c>.</summary>
    private bool IsConstantExpression(NftType type) =>
        Current.Kind == NftTokenKind.OpenParen || (!type.IsInterface && !type.IsAddress && tokens[cursor + 1] is var next && IsBitwise(next));

    private void EmitValue(NftOperand operand, NftRange range, NftComparison? comparison, bool isBitNegation, int position)
    {
        if (isBitNegation && !(operand.Field.Type.IsFlags && range.IsSingle && operand.IsPlain))
        {
            throw Error(position, "found `!`, which only negates single flags");
        }

        if (!range.IsSingle)
        {
            if (comparison is not (null or NftComparison.Equal or NftComparison.NotEqual))
            {
                throw Error(position, "found an order comparison with a range, expected `==` or `!=`");
            }

            Emit(new RangeInstruction(operand, range, comparison == NftComparison.NotEqual));
            return;
        }

        UInt128 value = range.Low;
        if (isBitNegation)
        {
            Emit(new CompareInstruction(operand.And(value), NftComparison.Equal, 0));
        }
        else if (comparison is null && operand.Field.Type.IsFlags && operand.IsPlain)
        {
            Emit(new CompareInstruction(operand.And(value), NftComparison.NotEqual, 0));
        }
        else
        {
            Emit(new CompareInstruction(operand, comparison ?? NftComparison.Equal, value));
            if (comparison is null or NftComparison.Equal && operand.IsPlain)
            {
                Learn(operand.Field.Kind, value);
            }
        }
    }

    /// <summary>What a comparison says about the headers that follow.</summary>
    private void Learn(NftFieldKind kind, UInt128 value)
    {
        switch (kind)
        {
            case NftFieldKind.MetaNfProto:
                rule.Network ??= value == 2u ? PacketFamily.IPv4 : value == 10u ? PacketFamily.IPv6 : null;
                break;
            case NftFieldKind.MetaProtocol:
            case NftFieldKind.LinkProtocol:
                rule.Network ??= value == 0x0800u ? PacketFamily.IPv4 : value == 0x86ddu ? PacketFamily.IPv6 : null;
                break;
            case NftFieldKind.MetaL4Proto:
            case NftFieldKind.IpProtocol:
            case NftFieldKind.Ip6NextHeader:
                rule.Transport ??= (byte)value;
                break;
            default:
                break;
        }
    }

    private NftSetReference ParseSetReference(NftOperand[] operands, IReadOnlyList<NftType> dataTypes)
    {
        List<NftType> keyTypes = [.. operands.Select(operand => operand.Field.Type)];
        int position = Current.Start;
        if (NextIsReference())
        {
            NftSetReference reference = new(TakeWord()[1..]);
            pendingSets.Add(new PendingSet(rule.Table, reference, keyTypes, dataTypes, position));
            return reference;
        }

        List<NftElement> elements = ParseElements(keyTypes, dataTypes, null);
        if (elements.Count == 0)
        {
            throw Error(position, "found an empty literal set, expected elements");
        }

        return new NftSetReference(BuildSet("{}", keyTypes, dataTypes, NftSetFlags.Constant, elements, isLiteral: true));
    }

    /// <summary>Fields joined by <c>.</c>; emits what must hold before they can be read.</summary>
    private NftOperand[] ParseConcatenation()
    {
        int position = Current.Start;
        List<NftOperand> operands = [ParseRequiredOperand()];
        while (TakeIf("."))
        {
            operands.Add(ParseRequiredOperand());
        }

        List<NftType> types = [.. operands.Select(operand => operand.Field.Type)];
        if (operands.Count > 8 || !NftKeyLayout.Fits(types))
        {
            throw Error(position, "found a concatenation wider than the registers");
        }

        return [.. operands];
    }

    private NftOperand ParseRequiredOperand()
    {
        int position = Current.Start;
        NftOperand operand = ParseOperand();
        NftField field = operand.Field;
        if (field.Kind is >= NftFieldKind.CtState and <= NftFieldKind.CtDestinationPort)
        {
            if (field.Kind is NftFieldKind.CtSourcePort or NftFieldKind.CtDestinationPort && rule.Transport is null && !rule.ComparesTransport)
            {
                throw Error(position, $"found `{field.Text}`, expected a match on the protocol before (nft cannot tell what the port means)");
            }

            return operand;
        }

        if (field.Network is { } network && !(field.IsNetworkAssumed && rule.Network is not null))
        {
            RequireNetwork(network, position);
        }

        if (field.Transport is { } transport)
        {
            RequireTransport(transport, position);
        }

        rule.ComparesTransport |= field.Kind == NftFieldKind.MetaL4Proto;
        return operand;
    }

    private void RequireNetwork(PacketFamily family, int position)
    {
        if (rule.Network is { } known)
        {
            if (known != family)
            {
                throw Error(position, $"found a match on {family} in a rule that matches {known}");
            }

            return;
        }

        rule.Network = family;
        bool isBridge = rule.Table.Table.Family == NftFamily.Bridge;
        Emit(isBridge
            ? new CompareInstruction(new NftOperand(NftFields.Find("meta", "protocol")!), NftComparison.Equal, family == PacketFamily.IPv4 ? 0x0800u : 0x86ddu)
            : new CompareInstruction(new NftOperand(NftFields.NfProtocol), NftComparison.Equal, family == PacketFamily.IPv4 ? 2u : 10u));
    }

    private void RequireTransport(byte protocol, int position)
    {
        if (rule.Transport is { } known)
        {
            if (known != protocol)
            {
                throw Error(position, $"found a match on protocol {protocol} in a rule that matches protocol {known}");
            }

            return;
        }

        rule.Transport = protocol;
        Emit(new CompareInstruction(new NftOperand(NftFields.L4Protocol), NftComparison.Equal, protocol));
    }

    private bool AtField() => Current.Kind == NftTokenKind.OpenParen
        || (Current.Kind == NftTokenKind.Word && Span(Current).ToString() is var word
            && (NftFields.IsUnqualified(word) || word is "ct" or "fib" or "@ll" or "@nh" or "@th" || (NftFields.IsHeader(word) && tokens[cursor + 1].Kind == NftTokenKind.Word)));

    /// <summary>A field with bitwise operations; <c>&amp;</c> binds before <c>^</c> before <c>|</c>.</summary>
    private NftOperand ParseOperand()
    {
        NftOperand operand;
        if (Current.Kind == NftTokenKind.OpenParen)
        {
            cursor++;
            operand = ParseOperand();
            Expect(NftTokenKind.CloseParen, "`)`");
        }
        else
        {
            operand = new NftOperand(ParseField());
        }

        NftType type = operand.Field.Type;
        while (TakeBitwise() is { } symbol)
        {
            operand = symbol switch
            {
                '&' => operand.And(ParseTerm(type)),
                '^' => operand.Exclusive(ParseConjunction(type)),
                _ => operand.Or(ParseExclusive(type)),
            };
        }

        return operand;
    }

    private bool IsBitwise(NftToken token) => BitwiseSymbol(token) is not null;

    private char? BitwiseSymbol(NftToken token) => token.Kind switch
    {
        NftTokenKind.Operator => Span(token) switch
        {
            "&" => '&',
            "^" => '^',
            "|" => '|',
            _ => null,
        },
        NftTokenKind.Word => Span(token) switch
        {
            "and" => '&',
            "xor" => '^',
            "or" => '|',
            _ => null,
        },
        _ => null,
    };

    private char? TakeBitwise()
    {
        char? symbol = BitwiseSymbol(Current);
        cursor += symbol is null ? 0 : 1;
        return symbol;
    }

    private bool TakeBitwise(char wanted)
    {
        bool taken = BitwiseSymbol(Current) == wanted;
        cursor += taken ? 1 : 0;
        return taken;
    }

    /// <summary>A constant with operators; for flag types a comma joins as <c>|</c> does.</summary>
    private UInt128 ParseConstant(NftType type)
    {
        UInt128 value = ParseExclusive(type);
        while (TakeBitwise('|') || (type.IsFlags && TakeComma()))
        {
            value |= ParseExclusive(type);
        }

        return value;
    }

    private UInt128 ParseExclusive(NftType type)
    {
        UInt128 value = ParseConjunction(type);
        while (TakeBitwise('^'))
        {
            value ^= ParseConjunction(type);
        }

        return value;
    }

    private UInt128 ParseConjunction(NftType type)
    {
        UInt128 value = ParseTerm(type);
        while (TakeBitwise('&'))
        {
            value &= ParseTerm(type);
        }

        return value;
    }

    private UInt128 ParseTerm(NftType type)
    {
        if (Current.Kind == NftTokenKind.OpenParen)
        {
            cursor++;
            UInt128 inner = ParseConstant(type);
            Expect(NftTokenKind.CloseParen, "`)`");
            return inner;
        }

        int position = Current.Start;
        NftRange range = ParseRange(type);
        return range.IsSingle ? range.Low : throw Error(position, "found a range, expected one value");
    }

    private NftField ParseField()
    {
        int position = Current.Start;
        string header = ExpectWord(StatementExpected);
        if (NftFields.IsUnqualified(header))
        {
            return NftFields.Find("meta", header)!;
        }

        if (header is "@ll" or "@nh" or "@th")
        {
            return ParseRaw(header, position);
        }

        if (header == "fib")
        {
            return ParseFib();
        }

        if (!NftFields.IsHeader(header))
        {
            throw Error(position, $"found `{header}`, expected {StatementExpected}");
        }

        string name = ExpectWord($"a field of `{header}`");
        if (header == "arp" && name == "saddr")
        {
            name = $"saddr {ExpectWord("`ether` or `ip`")}";
        }

        if (header == "ct" && name is "original" or "reply")
        {
            header = $"ct {name}";
            name = ExpectWord("`ip saddr`, `ip daddr`, `ip6 saddr`, `ip6 daddr`, `proto-src` or `proto-dst`");
            name = name is "ip" or "ip6" ? $"{name} {ExpectWord("`saddr` or `daddr`")}" : name;
        }

        return NftFields.Find(header, name) ?? throw Error(position, $"found `{header} {name}`, which the simulator does not know");
    }

    /// <summary><c>@th,0,16</c> and <c>@th,16,16</c>, the ports; other bytes are only known of frames.</summary>
    private NftField ParseRaw(string header, int position)
    {
        Expect(NftTokenKind.Comma, "`,`");
        ulong offset = ExpectNumber("a bit offset", ushort.MaxValue);
        Expect(NftTokenKind.Comma, "`,`");
        ulong length = ExpectNumber("a bit length", ushort.MaxValue);
        if (header == "@th" && rule.Table.Table.Family != NftFamily.Bridge)
        {
            return (offset, length) switch
            {
                (0, 16) => NftFields.AnySourcePort,
                (16, 16) => NftFields.AnyDestinationPort,
                _ => throw Error(position, $"found `@th,{offset},{length}`, expected the ports `@th,0,16` or `@th,16,16`"),
            };
        }

        if (rule.Table.Table.Family != NftFamily.Bridge || offset % 8 != 0 || length % 8 != 0 || length is 0 or > 128)
        {
            throw Error(position, $"found `{header},{offset},{length}`, expected one to sixteen whole bytes, in a table of family `bridge`");
        }

        FrameHeader at = header == "@ll" ? FrameHeader.Link : header == "@nh" ? FrameHeader.Network : FrameHeader.Transport;
        return new NftField(NftFieldKind.Raw, NftType.IntegerOf((int)length / 8), string.Create(CultureInfo.InvariantCulture, $"{header},{offset},{length}"))
        {
            Bytes = (at, (int)offset / 8, (int)length / 8),
        };
    }

    /// <summary><c>fib saddr . iif oif</c> and the like.</summary>
    private NftField ParseFib()
    {
        FibKeys keys = FibKeys.None;
        List<string> words = ["fib"];
        do
        {
            int position = Current.Start;
            string key = ExpectWord("`saddr`, `daddr`, `mark`, `iif` or `oif`");
            words.Add(keys == FibKeys.None ? key : $". {key}");
            keys |= key switch
            {
                "saddr" => FibKeys.Source,
                "daddr" => FibKeys.Destination,
                "mark" => FibKeys.Mark,
                "iif" => FibKeys.Input,
                "oif" => FibKeys.Output,
                _ => throw Error(position, $"found `{key}`, expected `saddr`, `daddr`, `mark`, `iif` or `oif`"),
            };
        }
        while (TakeIf("."));
        int resultPosition = Current.Start;
        string result = ExpectWord("`oif`, `oifname` or `type`");
        words.Add(result);
        (NftFieldKind kind, NftType type) = result switch
        {
            "oif" => (NftFieldKind.FibInterface, NftType.InterfaceIndex),
            "oifname" => (NftFieldKind.FibInterfaceName, NftType.InterfaceName),
            "type" => (NftFieldKind.FibType, NftType.FibAddressType),
            _ => throw Error(resultPosition, $"found `{result}`, expected `oif`, `oifname` or `type`"),
        };
        return new NftField(kind, type, string.Join(' ', words)) { FibKeys = keys };
    }
}
