using System.Text;

namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// Recursive descent over the tokens; types decide how words are read. This part: the token cursor and top-level commands.
/// Chains and sets named in rules are bound at the end, because a batch may declare them in any order.
/// </summary>
internal sealed partial class NftParser
{
    private readonly string text;
    private readonly List<NftToken> tokens;
    private readonly List<NftTableBuilder> tables = [];
    private readonly List<CounterValue> counters = [];
    private readonly List<(NftTableBuilder Table, NftDecision Decision, int Position)> pendingChains = [];
    private readonly List<PendingSet> pendingSets = [];
    private NftTableBuilder? currentTable;
    private int limitCount;
    private int cursor;
    private int lineOfPosition = 1;
    private int linePosition;

    internal NftParser(string text)
    {
        this.text = text;
        tokens = NftLexer.Tokenize(text);
    }

    private NftToken Current => tokens[cursor];

    internal NftRuleset ParseRuleset()
    {
        SkipSeparators();
        while (Current.Kind != NftTokenKind.End)
        {
            ParseCommand();
            if (Current.Kind != NftTokenKind.End)
            {
                ExpectSeparator();
            }
        }

        return Link();
    }

    private void ParseCommand()
    {
        string verb = PeekWord() is "add" or "create" or "insert" or "delete" or "flush" ? TakeWord() : "add";
        int position = Current.Start;
        string kind = ExpectWord("`table`, `chain`, `set`, `map`, `element`, `rule` or `ruleset`");
        switch ((verb, kind))
        {
            case ("flush", "ruleset"):
                tables.Clear();
                break;
            case ("add" or "create", "table"):
                ParseTable();
                break;
            case ("delete", "table"):
                tables.Remove(ExpectTable());
                break;
            case ("flush", "table"):
                ExpectTable().Chains.ForEach(chain => chain.Rules.Clear());
                break;
            case ("add" or "create", "chain"):
                ParseChain(ExpectTable());
                break;
            case ("delete", "chain"):
                DeleteChain();
                break;
            case ("flush", "chain"):
                ExpectChain(ExpectTable()).Rules.Clear();
                break;
            case ("add" or "create", "set"):
                ParseSet(ExpectTable(), isMap: false);
                break;
            case ("add" or "create", "map"):
                ParseSet(ExpectTable(), isMap: true);
                break;
            case ("delete", "set" or "map"):
                DeleteSet();
                break;
            case ("flush", "set" or "map"):
                ExpectSet(ExpectTable()).Elements.Clear();
                break;
            case ("add" or "create", "counter"):
                ParseCounterObject(ExpectTable());
                break;
            case ("add" or "create" or "delete", "element"):
                ParseElementCommand(isDelete: verb == "delete");
                break;
            case ("add" or "insert", "rule"):
                ParseRuleCommand(isInsert: verb == "insert");
                break;
            default:
                throw Error(position, $"found `{verb} {kind}`, which the simulator does not know");
        }
    }

    private void DeleteChain()
    {
        NftTableBuilder table = ExpectTable();
        NftChainBuilder chain = ExpectChain(table);
        table.Chains.Remove(chain);
        table.ChainsByName.Remove(chain.Chain.Name);
    }

    private void DeleteSet()
    {
        NftTableBuilder table = ExpectTable();
        NftSetBuilder set = ExpectSet(table);
        table.Sets.Remove(set);
        table.SetsByName.Remove(set.Name);
    }

    private void ParseElementCommand(bool isDelete)
    {
        NftSetBuilder set = ExpectSet(ExpectTable());
        List<NftElement> elements = ParseElements(set.KeyTypes, isDelete ? [] : set.DataTypes, set.DefaultTimeout);
        if (!isDelete)
        {
            set.Elements.AddRange(elements);
            return;
        }

        foreach (NftElement element in elements)
        {
            if (set.Elements.RemoveAll(candidate => candidate.HasSameKey(element)) == 0)
            {
                throw Error(element.Line, element.Column, $"deletes an element that `{set.Name}` does not have");
            }
        }
    }

    private void ParseRuleCommand(bool isInsert)
    {
        NftTableBuilder table = ExpectTable();
        NftChainBuilder chain = ExpectChain(table);
        NftRule rule = ParseRule(table, chain);
        chain.Rules.Insert(isInsert ? 0 : chain.Rules.Count, rule);
    }

    private NftTableBuilder ExpectTable()
    {
        int position = Current.Start;
        (NftFamily family, string name) = ExpectTableName();
        return currentTable = tables.Find(table => table.Table.Family == family && table.Table.Name == name)
            ?? throw Error(position, $"found table `{name}`, which is not declared before");
    }

    private (NftFamily Family, string Name) ExpectTableName()
    {
        NftFamily family = PeekWord() switch
        {
            "inet" => NftFamily.Inet,
            "ip" => NftFamily.IPv4,
            "ip6" => NftFamily.IPv6,
            "bridge" => NftFamily.Bridge,
            _ => throw Error(Current.Start, $"found {Found()}, expected a table family: `inet`, `ip`, `ip6` or `bridge`"),
        };
        cursor++;
        return (family, ExpectNewName("a table name"));
    }

    private NftChainBuilder ExpectChain(NftTableBuilder table)
    {
        int position = Current.Start;
        string name = ExpectWord("a chain name");
        return table.ChainsByName.GetValueOrDefault(name) ?? throw Error(position, $"found chain `{name}`, which is not declared before");
    }

    private NftSetBuilder ExpectSet(NftTableBuilder table)
    {
        int position = Current.Start;
        string name = ExpectWord("a set name");
        return table.SetsByName.GetValueOrDefault(name) ?? throw Error(position, $"found set `{name}`, which is not declared before");
    }

    private ReadOnlySpan<char> Span(NftToken token) => text.AsSpan(token.Start, token.Length);

    /// <summary>The current token's text if it is a word, else an empty span.</summary>
    private ReadOnlySpan<char> PeekWord() => Current.Kind == NftTokenKind.Word ? Span(Current) : default;

    private bool NextIs(ReadOnlySpan<char> word) => Current.Kind == NftTokenKind.Word && Span(Current).SequenceEqual(word);

    private bool NextIsOperator(ReadOnlySpan<char> symbol) => Current.Kind == NftTokenKind.Operator && Span(Current).SequenceEqual(symbol);

    private bool TakeIf(ReadOnlySpan<char> word)
    {
        bool taken = NextIs(word);
        cursor += taken ? 1 : 0;
        return taken;
    }

    private string TakeWord()
    {
        string word = Span(Current).ToString();
        cursor++;
        return word;
    }

    private string ExpectWord(string expected) =>
        Current.Kind == NftTokenKind.Word ? TakeWord() : throw Error(Current.Start, $"found {Found()}, expected {expected}");

    /// <summary>The name of a new object.</summary>
    private string ExpectNewName(string expected)
    {
        int position = Current.Start;
        string name = ExpectWord(expected);
        return NftReserved.IsName(name) ? name : throw Error(position, $"found `{name}`, which nft does not take as {expected}");
    }

    private void Expect(ReadOnlySpan<char> word)
    {
        if (!TakeIf(word))
        {
            throw Error(Current.Start, $"found {Found()}, expected `{word}`");
        }
    }

    private NftToken Expect(NftTokenKind kind, string expected)
    {
        NftToken token = Current;
        if (token.Kind != kind)
        {
            throw Error(token.Start, $"found {Found()}, expected {expected}");
        }

        cursor++;
        return token;
    }

    private string ExpectQuoted(string expected) => Span(Expect(NftTokenKind.Quoted, expected)).ToString();

    /// <summary>A comment or log prefix: the kernel keeps 127 bytes.</summary>
    private string ExpectText(string expected)
    {
        int position = Current.Start;
        string value = ExpectQuoted(expected);
        return Encoding.UTF8.GetByteCount(value) <= 127 ? value : throw Error(position, "found a text longer than the 127 bytes that the kernel keeps");
    }

    private ulong ExpectNumber(string expected, ulong max)
    {
        NftToken token = Current;
        if (token.Kind != NftTokenKind.Word || !NftNumber.TryParse(Span(token), out ulong value) || value > max)
        {
            throw Error(token.Start, $"found {Found()}, expected {expected}");
        }

        cursor++;
        return value;
    }

    private TimeSpan ExpectDuration()
    {
        NftToken token = Current;
        if (token.Kind != NftTokenKind.Word || !NftNumber.TryParseDuration(Span(token), out TimeSpan value))
        {
            throw Error(token.Start, $"found {Found()}, expected a duration such as `1h30m`");
        }

        cursor++;
        return value;
    }

    private bool AtSeparator => Current.Kind is NftTokenKind.Newline or NftTokenKind.Semicolon;

    private void SkipSeparators()
    {
        while (AtSeparator)
        {
            cursor++;
        }
    }

    private void SkipNewlines()
    {
        while (Current.Kind == NftTokenKind.Newline)
        {
            cursor++;
        }
    }

    private void ExpectSeparator()
    {
        if (!AtSeparator)
        {
            throw Error(Current.Start, $"found {Found()}, expected a newline or `;`");
        }

        SkipSeparators();
    }

    private string Found() => Current.Kind switch
    {
        NftTokenKind.End => "the end of the text",
        NftTokenKind.Newline => "the end of the line",
        NftTokenKind.Quoted => $"`\"{Span(Current)}\"`",
        _ => $"`{Span(Current)}`",
    };

    private NftSyntaxException Error(int position, string message) => NftLexer.Error(text, position, message);

    private static NftSyntaxException Error(int line, int column, string message) => new(line, column, message);

    /// <summary>Line and column of a position; cheap when asked in text order.</summary>
    private (int Line, int Column) Locate(int position)
    {
        if (position < linePosition)
        {
            lineOfPosition = 1;
            linePosition = 0;
        }

        while (text.IndexOf('\n', linePosition, position - linePosition) is >= 0 and int newline)
        {
            lineOfPosition++;
            linePosition = newline + 1;
        }

        return (lineOfPosition, position - linePosition + 1);
    }

    private sealed record PendingSet(
        NftTableBuilder Table, NftSetReference Reference, IReadOnlyList<NftType> KeyTypes, IReadOnlyList<NftType> DataTypes, int Position);
}
