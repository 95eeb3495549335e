namespace NetPolicy.Enforce.Simulation;

/// <summary>Set and map declarations and element lists.</summary>
internal sealed partial class NftParser
{
    private void ParseSet(NftTableBuilder table, bool isMap)
    {
        int position = Current.Start;
        string name = ExpectNewName(isMap ? "a map name" : "a set name");
        if (!table.SetsByName.TryGetValue(name, out NftSetBuilder? set))
        {
            set = new NftSetBuilder(name, position);
            table.SetsByName.Add(name, set);
            table.Sets.Add(set);
        }

        Expect(NftTokenKind.OpenBrace, "`{`");
        SkipSeparators();
        while (Current.Kind != NftTokenKind.CloseBrace)
        {
            ParseSetItem(set, isMap);
            if (Current.Kind != NftTokenKind.CloseBrace)
            {
                ExpectSeparator();
            }
        }

        cursor++;
        if (set.KeyTypes.Count == 0)
        {
            throw Error(position, $"found `{name}` without a type, expected `type` or `typeof`");
        }
    }

    private void ParseSetItem(NftSetBuilder set, bool isMap)
    {
        int position = Current.Start;
        switch (ExpectWord("`type`, `typeof`, `flags`, `size`, `timeout`, `elements` or `}`"))
        {
            case "type":
                SetTypes(set, isMap, ExpectTypeName);
                break;
            case "typeof":
                SetTypes(set, isMap, ExpectTypeOfField);
                break;
            case "flags":
                ParseSetFlags(set);
                break;
            case "size":
                ExpectNumber("a number of elements", uint.MaxValue);
                break;
            case "timeout":
                set.DefaultTimeout = ExpectDuration();
                set.Flags |= NftSetFlags.Timeout;
                break;
            case "gc-interval":
                ExpectDuration();
                break;
            case "policy":
                ExpectWord("`performance` or `memory`");
                break;
            case "auto-merge":
                set.Flags |= NftSetFlags.AutoMerge;
                break;
            case "counter":
                break;
            case "comment":
                ExpectText("a comment in quotes");
                break;
            case "elements":
                Expect(NftTokenKind.Assign, "`=`");
                set.Elements.AddRange(ParseElements(set.KeyTypes, set.DataTypes, set.DefaultTimeout));
                break;
            case string other:
                throw Error(position, $"found `{other}`, expected `type`, `typeof`, `flags`, `size`, `timeout`, `elements` or `}}`");
        }
    }

    private void SetTypes(NftSetBuilder set, bool isMap, Func<NftType> expectType)
    {
        int position = Current.Start;
        set.KeyTypes = ExpectTypes(expectType);
        if (isMap)
        {
            Expect(":");
            set.DataTypes = NextIs("verdict") ? [ExpectTypeName()] : ExpectTypes(expectType);
        }

        if (!NftKeyLayout.Fits(set.KeyTypes) || set.KeyTypes.Contains(NftType.Verdict) || set.DataTypes.Count > 2)
        {
            throw Error(position, $"found a type of `{set.Name}` that no register holds");
        }
    }

    private List<NftType> ExpectTypes(Func<NftType> expectType)
    {
        List<NftType> types = [expectType()];
        while (TakeIf("."))
        {
            types.Add(expectType());
        }

        return types;
    }

    private NftType ExpectTypeName()
    {
        int position = Current.Start;
        string name = ExpectWord("a type");
        return NftType.TryByName(name, out NftType? type) ? type! : throw Error(position, $"found type `{name}`, which the simulator does not know");
    }

    private NftType ExpectTypeOfField() => ParseOperand().Field.Type;

    private void ParseSetFlags(NftSetBuilder set)
    {
        do
        {
            int position = Current.Start;
            set.Flags |= ExpectWord("a set flag") switch
            {
                "interval" => NftSetFlags.Interval,
                "timeout" => NftSetFlags.Timeout,
                "constant" => NftSetFlags.Constant,
                "dynamic" => NftSetFlags.Dynamic,
                string flag => throw Error(position, $"found set flag `{flag}`, expected `interval`, `timeout`, `constant` or `dynamic`"),
            };
        }
        while (TakeComma());
    }

    private bool TakeComma()
    {
        bool taken = Current.Kind == NftTokenKind.Comma;
        cursor += taken ? 1 : 0;
        return taken;
    }

    /// <summary><c>{ key [timeout T] [comment "..."] [: data], ... }</c> over any number of lines.</summary>
    private List<NftElement> ParseElements(IReadOnlyList<NftType> keyTypes, IReadOnlyList<NftType> dataTypes, TimeSpan? defaultTimeout)
    {
        if (keyTypes.Count == 0)
        {
            throw Error(Current.Start, "found elements before the type they are of");
        }

        Expect(NftTokenKind.OpenBrace, "`{`");
        List<NftElement> elements = [];
        SkipNewlines();
        while (Current.Kind != NftTokenKind.CloseBrace)
        {
            elements.Add(ParseElement(keyTypes, dataTypes, defaultTimeout));
            SkipNewlines();
            if (!TakeComma() && Current.Kind != NftTokenKind.CloseBrace)
            {
                throw Error(Current.Start, $"found {Found()}, expected `,` or `}}`");
            }

            SkipNewlines();
        }

        cursor++;
        return elements;
    }

    private NftElement ParseElement(IReadOnlyList<NftType> keyTypes, IReadOnlyList<NftType> dataTypes, TimeSpan? defaultTimeout)
    {
        (int line, int column) = Locate(Current.Start);
        NftRange[] key = TakeIf("*") ? [] : ParseKey(keyTypes);
        TimeSpan? timeout = null;
        TimeSpan? expires = null;
        string? comment = null;
        while (Current.Kind == NftTokenKind.Word && !NextIs(":"))
        {
            int position = Current.Start;
            switch (TakeWord())
            {
                case "timeout":
                    timeout = ExpectDuration();
                    break;
                case "expires":
                    expires = ExpectDuration();
                    break;
                case "comment":
                    comment = ExpectText("a comment in quotes");
                    break;
                case "counter":
                    ParseCounterValue(isRequired: false);
                    break;
                case string other:
                    throw Error(position, $"found `{other}`, expected `,`, `:`, `timeout`, `expires`, `counter`, `comment` or `}}`");
            }
        }

        UInt128[]? data = null;
        NftDecision? decision = null;
        if (dataTypes.Count > 0)
        {
            Expect(":");
            if (dataTypes[0] == NftType.Verdict)
            {
                decision = ParseDecision();
            }
            else
            {
                data = ParseData(dataTypes);
            }
        }

        return new NftElement
        {
            Key = key,
            Data = data,
            Decision = decision,
            Comment = comment,
            Timeout = timeout,
            Lifetime = expires ?? timeout ?? defaultTimeout,
            Line = line,
            Column = column,
        };
    }

    private NftRange[] ParseKey(IReadOnlyList<NftType> types)
    {
        NftRange[] key = new NftRange[types.Count];
        for (int field = 0; field < key.Length; field++)
        {
            if (field > 0)
            {
                Expect(".");
            }

            key[field] = types[field].IsFlags ? ParseFlags(types[field]) : ParseRange(types[field]);
        }

        return key;
    }

    /// <summary>Flags joined by <c>|</c>: in a list the comma separates elements.</summary>
    private NftRange ParseFlags(NftType type)
    {
        UInt128 value = ParseExclusive(type);
        while (TakeBitwise('|'))
        {
            value |= ParseExclusive(type);
        }

        return new NftRange(value, value);
    }

    private UInt128[] ParseData(IReadOnlyList<NftType> types)
    {
        UInt128[] data = new UInt128[types.Count];
        for (int field = 0; field < data.Length; field++)
        {
            if (field > 0)
            {
                Expect(".");
            }

            int position = Current.Start;
            NftRange range = ParseRange(types[field]);
            data[field] = range.IsSingle ? range.Low : throw Error(position, "found a range as mapped value, expected one value");
        }

        return data;
    }

    /// <summary>One value, <c>a-b</c>, <c>address/length</c> or an interface name ending in <c>*</c>.</summary>
    private NftRange ParseRange(NftType type)
    {
        NftToken token = Current;
        if (token.Kind != NftTokenKind.Word && !(token.Kind == NftTokenKind.Quoted && type.IsInterface))
        {
            throw Error(token.Start, $"found {Found()}, expected a value of type {type.Name}");
        }

        ReadOnlySpan<char> word = Span(token);
        if (!TryParseRange(type, word, out NftRange range))
        {
            throw Error(token.Start, $"found {Found()}, expected a value of type {type.Name}");
        }

        if (range.High < range.Low)
        {
            throw Error(token.Start, $"found range {Found()} with its ends exchanged");
        }

        if (type == NftType.ClassId && word.Contains(':') && token.End < text.Length && text[token.End] == ';')
        {
            throw Error(token.End, "found `;` right after a class id, expected a blank between them (nft misreads it)");
        }

        cursor++;
        if (!type.IsInterface && range.IsSingle && NextIs("-"))
        {
            cursor++;
            NftRange end = ParseRange(type);
            return end.IsSingle && end.Low >= range.Low
                ? new NftRange(range.Low, end.Low)
                : throw Error(token.Start, "found a range with its ends exchanged");
        }

        return range;
    }

    private static bool TryParseRange(NftType type, ReadOnlySpan<char> word, out NftRange range)
    {
        if (type == NftType.InterfaceName && word.Length > 1 && word[^1] == '*')
        {
            bool isPrefix = InterfaceKey.TryOf(word[..^1], out UInt128 low);
            range = new NftRange(low, low | (UInt128.MaxValue >> (8 * (word.Length - 1))));
            return isPrefix && !word[..^1].Contains('*');
        }

        if (type.TryParse(word, out UInt128 value))
        {
            range = new NftRange(value, value);
            return true;
        }

        range = default;
        if (type.IsAddress && word.IndexOf('/') is > 0 and int slash)
        {
            return TryParsePrefix(type, word[..slash], word[(slash + 1)..], out range);
        }

        if (type.IsInterface || word.IndexOf('-') is not (> 0 and int dash))
        {
            return false;
        }

        bool parsed = type.TryParse(word[..dash], out UInt128 first);
        parsed &= type.TryParse(word[(dash + 1)..], out UInt128 last);
        range = new NftRange(first, last);
        return parsed;
    }

    /// <summary>Host bits are ignored, as nft does.</summary>
    private static bool TryParsePrefix(NftType type, ReadOnlySpan<char> address, ReadOnlySpan<char> length, out NftRange range)
    {
        range = default;
        if (!type.TryParse(address, out UInt128 value) || !NftNumber.TryParse(length, out ulong bits) || bits > (ulong)type.Bits)
        {
            return false;
        }

        int hostBits = type.Bits - (int)bits;
        UInt128 host = hostBits == 0 ? UInt128.Zero : UInt128.MaxValue >> (128 - hostBits);
        range = new NftRange(value & ~host, value | host);
        return true;
    }
}
