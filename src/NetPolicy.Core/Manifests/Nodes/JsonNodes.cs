using System.Text;
using System.Text.Json;
using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Builds nodes from JSON, one document after the other, with line and column of each.</summary>
internal ref struct JsonNodes
{
    // The parser quotes all that it could not make sense of.
    private const int LongestReason = 160;

    private readonly ReadState _state;
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly List<NodeDocument> _documents = [];
    private Utf8JsonReader _reader;
    private int _counted;
    private int _line = 1;
    private int _column = 1;
    private bool _sound;

    private JsonNodes(ReadOnlySpan<byte> utf8, ReadState state)
    {
        _state = state;
        _utf8 = utf8;
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = state.Options.MaxDepth + 2, AllowMultipleValues = true });
    }

    /// <summary>
    /// Reads all documents, up to one that nests too deeply. False if the text is not JSON from some point on; that is reported, and what came before is kept.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, ReadState state, out List<NodeDocument> documents)
    {
        JsonNodes nodes = new(utf8, state);
        documents = nodes._documents;
        try
        {
            while (nodes._reader.Read())
            {
                state.Document = documents.Count;
                nodes._sound = true;
                ManifestNode? root = nodes.ReadValue(0);
                documents.Add(new NodeDocument(state.Document, root, nodes._sound && root is not null));
                if (root is null)
                {
                    return true;
                }
            }

            return true;
        }
        catch (JsonException e)
        {
            state.Document = documents.Count;
            nodes.Fail(e);
            documents.Add(new NodeDocument(state.Document, null, IsSound: false));
            return false;
        }
    }

    private void Fail(JsonException e)
    {
        (_counted, _line, _column) = (0, 1, 1);
        CountTo(OffsetOf(e.LineNumber ?? 0, e.BytePositionInLine ?? 0));
        SourceSpan span = new(_state.File, _line, _column);
        int position = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string reason = (position < 0 ? e.Message : e.Message[..position]).TrimEnd('.');
        reason = reason.Length == 0 ? "cannot be read" : char.ToLowerInvariant(reason[0]) + reason[1..];
        _state.Report(Findings.JsonSyntax, "not JSON: " + (reason.Length <= LongestReason ? reason : string.Concat(reason.AsSpan(0, LongestReason), "...")), span);
    }

    // The parser counts lines by their LF alone.
    private readonly int OffsetOf(long line, long byteInLine)
    {
        int offset = 0;
        for (long i = 0; i < line && _utf8[offset..].IndexOf((byte)'\n') is var feed && feed >= 0; i++)
        {
            offset += feed + 1;
        }

        return (int)Math.Min(offset + byteInLine, _utf8.Length);
    }

    // Null means that nesting is too deep, or that there are too many values: give up.
    private ManifestNode? ReadValue(int depth)
    {
        SourceSpan span = Here();
        if (!_state.CountValue(span))
        {
            _sound = false;
            return null;
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth >= _state.Options.MaxDepth:
                _state.Report(Findings.TooDeep, $"nested more than {_state.Options.MaxDepth} levels deep", span);
                return null;
            case JsonTokenType.StartObject:
                return ReadObject(span, depth);
            case JsonTokenType.StartArray:
                return ReadArray(span, depth);
            case JsonTokenType.String:
                return new ScalarNode(Ended(span), ScalarKind.Text, ReadText(span));
            case JsonTokenType.Number:
                return ReadNumber(Ended(span));
            case JsonTokenType.True or JsonTokenType.False:
                bool value = _reader.TokenType == JsonTokenType.True;
                return new ScalarNode(Ended(span), ScalarKind.Boolean, value ? "true" : "false", value ? 1 : 0);
            default:
                return new ScalarNode(Ended(span), ScalarKind.Null, "null");
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

        string text = Encoding.ASCII.GetString(_reader.ValueSpan);
        if (!_reader.TryGetDouble(out double number) || !double.IsFinite(number))
        {
            _sound = false;
            _state.Report(Findings.NumberOutOfRange, $"number `{ScalarNode.Shorten(text)}` is too large", span);
        }

        return new ScalarNode(span, double.IsInteger(number) && Math.Abs(number) < 1e15 ? ScalarKind.Integer : ScalarKind.Float, text, number);
    }

    private SequenceNode? ReadArray(SourceSpan span, int depth)
    {
        List<ManifestNode> items = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReadValue(depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new SequenceNode(Ended(span), items);
    }

    private MappingNode? ReadObject(SourceSpan span, int depth)
    {
        MappingEntries entries = new(_state);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            SourceSpan keySpan = Here();
            string key = ReadText(keySpan);
            keySpan = Ended(keySpan);
            _reader.Read();
            if (ReadValue(depth + 1) is not { } value)
            {
                return null;
            }

            if (!entries.Add(key, keySpan, value))
            {
                _sound = false;
            }
        }

        return new MappingNode(Ended(span), entries.ToList());
    }

    private SourceSpan Here()
    {
        CountTo((int)_reader.TokenStartIndex);
        return new SourceSpan(_state.File, _line, _column);
    }

    private SourceSpan Ended(SourceSpan start)
    {
        CountTo((int)_reader.BytesConsumed);
        return start with { EndLine = _line, EndColumn = _column };
    }

    private void CountTo(int offset)
    {
        for (; _counted < offset; _counted++)
        {
            byte b = _utf8[_counted];
            if (b == (byte)'\n' || (b == (byte)'\r' && (_counted + 1 == _utf8.Length || _utf8[_counted + 1] != (byte)'\n')))
            {
                _line++;
                _column = 1;
            }
            else if ((b & 0xC0) != 0x80)
            {
                _column += b >= 0xF0 ? 2 : 1;
            }
        }
    }
}
