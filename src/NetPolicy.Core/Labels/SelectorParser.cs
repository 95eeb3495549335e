using System.Diagnostics.CodeAnalysis;

namespace NetPolicy.Labels;

/// <summary>Reads selector text by the grammar of the Calico specification, §2.1 and §2.2.</summary>
internal ref struct SelectorParser
{
    private const int MaxLabelBytes = 512;
    private const int MaxDepth = 200;

    private readonly ReadOnlySpan<char> _text;
    private readonly int _offset;
    private int _at;
    private int _depth;
    private SelectorError? _error;

    private SelectorParser(ReadOnlySpan<char> text, int offset)
    {
        _text = text;
        _offset = offset;
    }

    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out Selector? selector,
        [NotNullWhen(false)] out SelectorError? error)
    {
        int lead = text.Length - text.AsSpan().TrimStart().Length;
        SelectorParser parser = new(text.AsSpan().Trim(), lead);
        selector = parser._text.IsEmpty ? Selector.All : parser.ReadOr();
        if (selector is not null)
        {
            parser.SkipBlanks();
            if (parser._at < parser._text.Length)
            {
                selector = parser.Fail(parser.IsAtLabel() ? "expected an operator" : "unexpected text after the selector");
            }
        }

        error = selector is null ? parser._error ?? new SelectorError(0, "not a selector") : null;
        return selector is not null;
    }

    private Selector? ReadOr() => ReadJoined("||", static (ref SelectorParser p) => p.ReadAnd(), static o => Selector.Or(o));

    private Selector? ReadAnd() => ReadJoined("&&", static (ref SelectorParser p) => p.ReadUnary(), static o => Selector.And(o));

    private delegate Selector? Reader(ref SelectorParser parser);

    private delegate Selector Joiner(ReadOnlySpan<Selector> operands);

    private Selector? ReadJoined(string separator, Reader read, Joiner join)
    {
        List<Selector> operands = [];
        do
        {
            if (read(ref this) is not { } operand)
            {
                return null;
            }

            operands.Add(operand);
            SkipBlanks();
        }
        while (TryTake(separator));
        return join(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(operands));
    }

    private Selector? ReadUnary()
    {
        bool negated = false;
        SkipBlanks();
        while (TryTake("!"))
        {
            negated = !negated;
            SkipBlanks();
        }

        Selector? operand = ReadPrimary();
        return operand is null ? null : negated ? new NotSelector(operand) : operand;
    }

    private Selector? ReadPrimary()
    {
        if (_at >= _text.Length)
        {
            return Fail("the selector ends where a label, `has(…)`, `all()`, `global()` or `(` was expected");
        }

        if (TryTake("("))
        {
            return ReadParenthesised();
        }

        if (TryTake("has("))
        {
            SkipBlanks();
            return ReadLabel() is { } key && Expect(")") ? new HasSelector(key) : null;
        }

        if (TryTake("all("))
        {
            return Expect(")") ? Selector.All : null;
        }

        if (TryTake("global("))
        {
            return Expect(")") ? new GlobalSelector() : null;
        }

        return ReadLabel() is { } label ? ReadComparison(label) : null;
    }

    private Selector? ReadParenthesised()
    {
        if (++_depth > MaxDepth)
        {
            return Fail($"more than {MaxDepth} nested parentheses");
        }

        Selector? inner = ReadOr();
        _depth--;
        return inner is not null && Expect(")") ? inner : null;
    }

    private Selector? ReadComparison(string label)
    {
        SkipBlanks();
        if (TryTake("=="))
        {
            return Compare(label, LabelOperator.Equal);
        }

        if (TryTake("!="))
        {
            return Compare(label, LabelOperator.NotEqual);
        }

        if (TryTakeWords("contains"))
        {
            return Compare(label, LabelOperator.Contains);
        }

        if (TryTakeWords("starts", "with"))
        {
            return Compare(label, LabelOperator.StartsWith);
        }

        if (TryTakeWords("ends", "with"))
        {
            return Compare(label, LabelOperator.EndsWith);
        }

        if (TryTakeWords("not", "in"))
        {
            return ReadSet() is { } excluded ? new SetSelector(label, excluded, negated: true) : null;
        }

        if (TryTakeWords("in"))
        {
            return ReadSet() is { } values ? new SetSelector(label, values, negated: false) : null;
        }

        return Fail($"expected an operator after label `{label}`: ==, !=, in, not in, contains, starts with or ends with");
    }

    private CompareSelector? Compare(string label, LabelOperator op) =>
        ReadString() is { } value ? new CompareSelector(label, op, value) : null;

    private List<string>? ReadSet()
    {
        if (!Expect("{"))
        {
            return null;
        }

        List<string> values = [];
        SkipBlanks();
        while (!TryTake("}"))
        {
            if (values.Count > 0 && !Expect(","))
            {
                return null;
            }

            SkipBlanks();
            if (values.Count > 0 && TryTake("}"))
            {
                break;
            }

            if (ReadString() is not { } value)
            {
                return null;
            }

            values.Add(value);
            SkipBlanks();
        }

        return values;
    }

    private string? ReadString()
    {
        SkipBlanks();
        if (_at >= _text.Length || _text[_at] is not ('"' or '\''))
        {
            Fail("expected text in quotes");
            return null;
        }

        int end = _text[(_at + 1)..].IndexOf(_text[_at]);
        if (end < 0)
        {
            Fail("the quoted text does not end");
            return null;
        }

        string value = _text.Slice(_at + 1, end).ToString();
        _at += end + 2;
        return value;
    }

    private string? ReadLabel()
    {
        int end = _at;
        while (end < _text.Length && IsLabelCharacter(_text[end]))
        {
            end++;
        }

        if (end == _at)
        {
            Fail(_at < _text.Length ? $"unexpected `{_text[_at]}` where a label was expected" : "expected a label");
            return null;
        }

        if (end - _at > MaxLabelBytes)
        {
            Fail($"a label of {end - _at} bytes, expected at most {MaxLabelBytes}");
            return null;
        }

        string label = _text[_at..end].ToString();
        _at = end;
        return label;
    }

    // The words may touch each other (`notin`); the last one ends where no label character follows.
    private bool TryTakeWords(params ReadOnlySpan<string> words)
    {
        int start = _at;
        foreach (string word in words)
        {
            SkipBlanks();
            if (!TryTake(word))
            {
                _at = start;
                return false;
            }
        }

        if (IsAtLabel())
        {
            _at = start;
            return false;
        }

        return true;
    }

    private bool TryTake(string token)
    {
        if (!_text[_at..].StartsWith(token, StringComparison.Ordinal))
        {
            return false;
        }

        _at += token.Length;
        return true;
    }

    private bool Expect(string token)
    {
        SkipBlanks();
        if (TryTake(token))
        {
            return true;
        }

        Fail($"expected `{token}`");
        return false;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
        {
            _at++;
        }
    }

    private readonly bool IsAtLabel() => _at < _text.Length && IsLabelCharacter(_text[_at]);

    private Selector? Fail(string message)
    {
        _error ??= new SelectorError(_offset + _at, Diagnostics.Visible.Message(message));
        return null;
    }

    private static bool IsLabelCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '-';
}
