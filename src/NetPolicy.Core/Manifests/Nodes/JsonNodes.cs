using System.Text;
using System.Text.Json;
using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>
/// Builds nodes from JSON, one document after the other and the items of a List one after the other, with line and column of each. Of objects whose type is known
/// only what somebody reads becomes nodes; the rest is checked and passed over.
/// </summary>
internal ref struct JsonNodes
{
    // The parser quotes all that it could not make sense of.
    private const int LongestReason = 160;

    private readonly JsonInput _input;
    private readonly ReadState _state;
    private readonly IDocumentSink _sink;
    private readonly bool _isSelective;
    private readonly KeyStack _keys = new();
    private ReadOnlySpan<byte> _window;
    private Utf8JsonReader _reader;
    private int _document;
    private int _counted;
    private int _line = 1;
    private int _column = 1;
    private bool _isAfterReturn;
    private bool _sound;

    private JsonNodes(JsonInput input, ReadState state, IDocumentSink sink, bool isSelective)
    {
        _input = input;
        _state = state;
        _sink = sink;
        _isSelective = isSelective;
        _window = input.Window;
        JsonReaderOptions options = new() { MaxDepth = state.Options.MaxDepth + 2, AllowMultipleValues = true };
        _reader = new Utf8JsonReader(_window, input.IsFinal, new JsonReaderState(options));
    }

    /// <summary>
    /// Reads all documents, up to one that nests too deeply. False if the text is not JSON from some point on; that is reported, and what came before is kept.
    /// </summary>
    /// <param name="input">The text.</param>
    /// <param name="state">Where findings go.</param>
    /// <param name="sink">Where documents go.</param>
    /// <param name="isSelective">False to build all nodes whatever the type: what is written about types in a document twice can only be judged so.</param>
    /// <exception cref="RereadException">The text is no UTF-8, or not to be read in this way.</exception>
    /// <exception cref="TextTooLargeException">There is more text than the limit.</exception>
    public static bool TryRead(JsonInput input, ReadState state, IDocumentSink sink, bool isSelective)
    {
        input.Start();
        JsonNodes nodes = new(input, state, sink, isSelective);
        try
        {
            nodes.ReadAll();
        }
        catch (JsonException e)
        {
            state.Document = nodes._document;
            nodes.Fail(e);
            sink.Document(new NodeDocument(nodes._document, null, IsSound: false));
            return false;
        }

        // What nobody looks at must be UTF-8 and within the limits too.
        state.Document = nodes._document;
        while (!input.IsFinal)
        {
            input.Advance(input.Window.Length);
        }

        return true;
    }

    private void ReadAll()
    {
        while (Next())
        {
            _state.Document = _document;
            _sound = true;
            ManifestNode? root = _reader.TokenType switch
            {
                JsonTokenType.StartObject => ReadTyped(0, null, null, isRoot: true),
                JsonTokenType.StartArray when _isSelective => PassArray(),
                _ => ReadValue(0, default),
            };
            _sink.Document(new NodeDocument(_document, root, _sound && root is not null));
            if (root is null)
            {
                return;
            }

            _document++;
        }
    }

    private void Fail(JsonException e)
    {
        SourceSpan span = new(_state.File, (int)Math.Min(int.MaxValue, (e.LineNumber ?? 0) + 1), (int)Math.Min(int.MaxValue, (e.BytePositionInLine ?? 0) + 1));
        if (_input.IsWhole)
        {
            // The parser counts bytes, and lines by their LF alone.
            (_counted, _line, _column, _isAfterReturn) = (0, 1, 1, false);
            CountTo(OffsetOf(e.LineNumber ?? 0, e.BytePositionInLine ?? 0));
            span = new SourceSpan(_state.File, _line, _column);
        }

        int position = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string reason = (position < 0 ? e.Message : e.Message[..position]).TrimEnd('.');
        reason = reason.Length == 0 ? "cannot be read" : char.ToLowerInvariant(reason[0]) + reason[1..];
        _state.Report(Findings.JsonSyntax, "not JSON: " + (reason.Length <= LongestReason ? reason : string.Concat(reason.AsSpan(0, LongestReason), "...")), span);
    }

    private readonly int OffsetOf(long line, long byteInLine)
    {
        int offset = 0;
        for (long i = 0; i < line && _window[offset..].IndexOf((byte)'\n') is var feed && feed >= 0; i++)
        {
            offset += feed + 1;
        }

        return (int)Math.Min(offset + byteInLine, _window.Length);
    }

    private bool Next()
    {
        while (!_reader.Read())
        {
            if (_input.IsFinal)
            {
                return false;
            }

            int consumed = (int)_reader.BytesConsumed;
            JsonReaderState state = _reader.CurrentState;
            PassGap(consumed);
            _input.Advance(consumed);
            _window = _input.Window;
            _counted = 0;
            _reader = new Utf8JsonReader(_window, _input.IsFinal, state);
        }

        return true;
    }

    // An object that says itself what it is: a document, or an item of a List whose type the list may name.
    private MappingNode? ReadTyped(int depth, string? version, string? kind, bool isRoot)
    {
        if (Begin(depth, isCounted: true) is not { } span)
        {
            return null;
        }

        List<MappingEntry> entries = [];
        ObjectType type = new(_isSelective ? _sink : null, version, kind);
        _keys.Open();
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            string key = ReadKey(out SourceSpan keySpan);
            Next();
            ManifestNode? value;
            bool isItems = isRoot && key == "items" && _isSelective;
            if (isItems)
            {
                type.BeginItems();
            }

            if (isItems && _reader.TokenType == JsonTokenType.StartArray)
            {
                value = ReadItems(depth + 1, type);
            }
            else if (type.Filter.Skips(key))
            {
                if (!Skip(depth + 1, isCounted: false))
                {
                    return null;
                }

                CheckKey(key, keySpan);
                continue;
            }
            else
            {
                value = ReadValue(depth + 1, type.Filter.Inside(key));
            }

            if (value is null)
            {
                return null;
            }

            entries.Add(new MappingEntry(key, keySpan, value));
            CheckKey(key, keySpan);
            type.Note(key, value);
        }

        _keys.Close();
        return new MappingNode(Ended(span), entries);
    }

    private SequenceNode? ReadItems(int depth, in ObjectType list)
    {
        if (Begin(depth, isCounted: true) is not { } span)
        {
            return null;
        }

        (string? version, string? kind) = list.OfItems;
        _sink.BeginItems();
        while (Next() && _reader.TokenType != JsonTokenType.EndArray)
        {
            ManifestNode? item = _reader.TokenType == JsonTokenType.StartObject
                ? ReadTyped(depth + 1, version, kind, isRoot: false)
                : ReadValue(depth + 1, default);
            if (item is null)
            {
                return null;
            }

            _sink.Item(item, list.Version, list.Kind);
        }

        return new SequenceNode(Ended(span), []);
    }

    // Null means that nesting is too deep, or that there are too many values: give up.
    private ManifestNode? ReadValue(int depth, NodeFilter filter)
    {
        if (Begin(depth, isCounted: true) is not { } span)
        {
            return null;
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(span, depth, filter);
            case JsonTokenType.StartArray:
                return ReadArray(span, depth, filter);
            case JsonTokenType.String:
                string text = ReadText(span);
                return new ScalarNode(Ended(span), ScalarKind.Text, text);
            case JsonTokenType.Number:
                return ReadNumber(Ended(span));
            case JsonTokenType.True or JsonTokenType.False:
                bool value = _reader.TokenType == JsonTokenType.True;
                return new ScalarNode(Ended(span), ScalarKind.Boolean, value ? "true" : "false", value ? 1 : 0);
            default:
                return new ScalarNode(Ended(span), ScalarKind.Null, "null");
        }
    }

    // Counts the value that the parser stands on. Null, and reported, if there are too many, or if it nests too deeply.
    private SourceSpan? Begin(int depth, bool isCounted)
    {
        SourceSpan span = Here();
        if (isCounted && !_state.CountValue(span))
        {
            _sound = false;
            return null;
        }

        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && depth >= _state.Options.MaxDepth)
        {
            _state.Report(Findings.TooDeep, $"nested more than {_state.Options.MaxDepth} levels deep", span);
            return null;
        }

        return span;
    }

    private SequenceNode? ReadArray(SourceSpan span, int depth, NodeFilter filter)
    {
        List<ManifestNode> items = [];
        while (Next() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReadValue(depth + 1, filter) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new SequenceNode(Ended(span), items);
    }

    private MappingNode? ReadObject(SourceSpan span, int depth, NodeFilter filter)
    {
        List<MappingEntry> entries = [];
        _keys.Open();
        while (Next() && _reader.TokenType != JsonTokenType.EndObject)
        {
            string key = ReadKey(out SourceSpan keySpan);
            Next();
            if (filter.Skips(key))
            {
                if (!Skip(depth + 1, isCounted: false))
                {
                    return null;
                }
            }
            else if (ReadValue(depth + 1, filter.Inside(key)) is { } value)
            {
                entries.Add(new MappingEntry(key, keySpan, value));
            }
            else
            {
                return null;
            }

            CheckKey(key, keySpan);
        }

        _keys.Close();
        return new MappingNode(Ended(span), entries);
    }

    private SequenceNode? PassArray()
    {
        SourceSpan span = Here();
        return Skip(0, isCounted: true) ? new SequenceNode(Ended(span), []) : null;
    }

    // Checks the value that the parser stands on as if it were read. False means: give up.
    private bool Skip(int depth, bool isCounted)
    {
        if (Begin(depth, isCounted) is not { } span)
        {
            return false;
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                _keys.Open();
                while (Next() && _reader.TokenType != JsonTokenType.EndObject)
                {
                    string key = ReadKey(out SourceSpan keySpan);
                    Next();
                    if (!Skip(depth + 1, isCounted))
                    {
                        return false;
                    }

                    CheckKey(key, keySpan);
                }

                _keys.Close();
                PassValue();
                return true;
            case JsonTokenType.StartArray:
                while (Next() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    if (!Skip(depth + 1, isCounted))
                    {
                        return false;
                    }
                }

                PassValue();
                return true;
            case JsonTokenType.String:
                if (_reader.ValueIsEscaped || _reader.ValueSpan.Length > _state.Options.MaxValueLength)
                {
                    SkipText(span);
                }

                PassValue();
                return true;
            case JsonTokenType.Number:
                if (_reader.ValueSpan.Length >= ShortNumber || _reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') >= 0)
                {
                    ReadNumber(Ended(span));
                }

                PassValue();
                return true;
            default:
                PassValue();
                return true;
        }
    }

    // A number of so few digits and without exponent is finite.
    private const int ShortNumber = 300;

    // Only an escaped half of a character, U+D800 to U+DFFF, cannot be read.
    private void SkipText(SourceSpan span)
    {
        ReadOnlySpan<byte> text = _reader.ValueSpan;
        if (text.Length > _state.Options.MaxValueLength || text.IndexOf("\\ud"u8) >= 0 || text.IndexOf("\\uD"u8) >= 0)
        {
            ReadText(span);
        }
    }

    private string ReadKey(out SourceSpan span)
    {
        span = Here();
        string key = ReadText(span);
        CountTo((int)_reader.BytesConsumed);
        span = span with { EndLine = _line, EndColumn = _column };
        return key;
    }

    private void CheckKey(string key, SourceSpan span)
    {
        if (_keys.Add(key, span) is { } first)
        {
            _sound = false;
            _state.Report(Findings.DuplicateKey, $"field `{ScalarNode.Shorten(key)}` is written twice, first in line {first.Line}", span, related: first);
        }
    }

    private string ReadText(SourceSpan span)
    {
        if (_reader.ValueSpan.Length > _state.Options.MaxValueLength)
        {
            _sound = false;
            _state.ReportTooLong("text", span);
            return "";
        }

        if (!_reader.ValueIsEscaped)
        {
            return _state.Session.Texts.Get(_reader.ValueSpan);
        }

        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            _sound = false;
            _state.Report(Findings.BadCharacter, "text holds an escape that is no character", span);
            return "";
        }
    }

    private ScalarNode ReadNumber(SourceSpan span)
    {
        if (_reader.ValueSpan.Length > _state.Options.MaxValueLength)
        {
            _sound = false;
            _state.ReportTooLong("number", span);
            return new ScalarNode(span, ScalarKind.Integer, "0");
        }

        string text = _state.Session.Texts.Get(_reader.ValueSpan);
        if (!_reader.TryGetDouble(out double number) || !double.IsFinite(number))
        {
            _sound = false;
            _state.Report(Findings.NumberOutOfRange, $"number `{ScalarNode.Shorten(text)}` is too large", span);
        }

        return new ScalarNode(span, double.IsInteger(number) && Math.Abs(number) < 1e15 ? ScalarKind.Integer : ScalarKind.Float, text, number);
    }

    private SourceSpan Here()
    {
        PassGap((int)_reader.TokenStartIndex);
        return new SourceSpan(_state.File, _line, _column);
    }

    private SourceSpan Ended(SourceSpan start)
    {
        PassValue();
        return start with { EndLine = _line, EndColumn = _column };
    }

    // Up to the end of the token that the parser stands on.
    private void PassValue()
    {
        PassGap((int)_reader.TokenStartIndex);
        int end = (int)_reader.BytesConsumed;
        if (_reader.TokenType == JsonTokenType.String)
        {
            // No line ends inside a text.
            _column += Encoding.UTF8.GetCharCount(_window[_counted..end]);
        }
        else
        {
            _column += end - _counted;
        }

        _isAfterReturn = false;
        _counted = end;
    }

    // Blanks and punctuation between two tokens.
    private void PassGap(int end)
    {
        if (end <= _counted)
        {
            return;
        }

        ReadOnlySpan<byte> gap = _window[_counted..end];
        _counted = end;
        int last = gap.LastIndexOfAny((byte)'\n', (byte)'\r');
        if (last < 0)
        {
            _column += gap.Length;
            _isAfterReturn = false;
            return;
        }

        foreach (byte b in gap[..(last + 1)])
        {
            _line += b == (byte)'\r' || (b == (byte)'\n' && !_isAfterReturn) ? 1 : 0;
            _isAfterReturn = b == (byte)'\r';
        }

        _column = gap.Length - last;
        _isAfterReturn &= last == gap.Length - 1;
    }

    private void CountTo(int offset)
    {
        for (; _counted < offset; _counted++)
        {
            byte b = _window[_counted];
            if (b is (byte)'\n' or (byte)'\r')
            {
                _line += b == (byte)'\r' || !_isAfterReturn ? 1 : 0;
                _column = 1;
            }
            else if ((b & 0xC0) != 0x80)
            {
                _column += b >= 0xF0 ? 2 : 1;
            }

            _isAfterReturn = b == (byte)'\r';
        }
    }
}
