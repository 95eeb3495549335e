using NetPolicy.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NetPolicy.Manifests.Nodes;

/// <summary>
/// Builds nodes from YAML events. The text is cut at its <c>---</c> lines first, so that one broken document does not hide the others.
/// </summary>
internal sealed class YamlNodes
{
    private readonly ReadState _state;
    private readonly string _text;
    private readonly List<NodeDocument> _documents = [];
    private readonly KeyStack _keys = new();
    private readonly IDocumentSink? _sink;
    private int _count;
    private int _lineOffset;
    private Parser _parser = null!;
    private Action _valueEnds = null!;
    private bool _sound;

    private YamlNodes(string text, ReadState state, IDocumentSink? sink)
    {
        _text = text;
        _state = state;
        _sink = sink;
    }

    /// <summary>Reads all documents, each when it is asked for.</summary>
    /// <param name="text">The text.</param>
    /// <param name="state">Where findings go.</param>
    /// <param name="sink">Knows what is read of which object, and takes the items of a List before their document is there; null to build all nodes whatever the type.</param>
    /// <exception cref="RereadException">Not to be read in parts by <paramref name="sink"/>.</exception>
    public static IEnumerable<NodeDocument> Read(string text, ReadState state, IDocumentSink? sink = null)
    {
        YamlNodes reader = new(text, state, sink);
        int start = 0, line = 0;
        while (start <= text.Length && !state.IsFull)
        {
            int end = NextSeparator(text, start, out int lines);
            reader.ReadChunk(start, end, line);
            foreach (NodeDocument document in reader._documents)
            {
                yield return document;
            }

            reader._count += reader._documents.Count;
            reader._documents.Clear();
            state.Progress(end - start);
            line += lines;
            start = end == text.Length ? text.Length + 1 : end;
        }
    }

    // The start of the next line that begins with `---`, or the end of the text, and the line breaks up to there; a separator at `start` itself opens this chunk.
    private static int NextSeparator(string text, int start, out int lines)
    {
        int position = start;
        while (true)
        {
            int feed = text.IndexOf('\n', position);
            if (feed < 0)
            {
                lines = LineBreaks(text.AsSpan(start));
                return text.Length;
            }

            position = feed + 1;
            if (IsSeparator(text, position))
            {
                lines = LineBreaks(text.AsSpan(start, position - start));
                return position;
            }
        }
    }

    // LF, CR LF, and CR alone.
    private static int LineBreaks(ReadOnlySpan<char> text)
    {
        int breaks = text.Count('\n');
        for (int at = text.IndexOf('\r'); at >= 0;)
        {
            breaks += at + 1 < text.Length && text[at + 1] == '\n' ? 0 : 1;
            int next = text[(at + 1)..].IndexOf('\r');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return breaks;
    }

    private static bool IsSeparator(string text, int position) =>
        string.CompareOrdinal(text, position, "---", 0, 3) == 0
        && (position + 3 == text.Length || text[position + 3] is ' ' or '\t' or '\r' or '\n');

    private void ReadChunk(int start, int end, int line)
    {
        if (!IsSeparator(_text, start) && HasNoContent(_text.AsSpan(start, end - start), isLast: end == _text.Length))
        {
            return;
        }

        _lineOffset = line;
        _keys.Clear();
        _state.Document = _count;
        if (IndexOfStrayDirective(_text.AsSpan(start, end - start)) is var stray && stray >= 0)
        {
            // The parser drops it.
            SourceSpan place = new SourceText(_state.File, _text[start..end]).SpanAt(stray);
            Fail("a line that begins with `%` inside a document, expected directives before `---` and other text in quotes", place with { Line = place.Line + line, EndLine = place.EndLine + line }, _text[start..end]);
            return;
        }

        if (StartOfContent(_text.AsSpan(start, end - start)) is var content && content > 0 && IndexOfDirective(_text.AsSpan(start, content)) is var directive && directive >= 0)
        {
            // The parser takes the text for a document without `---`.
            SourceSpan place = new SourceText(_state.File, _text[start..end]).SpanAt(directive);
            Fail("a directive without a document, expected `---` after it", place with { Line = place.Line + line, EndLine = place.EndLine + line }, _text[start..end]);
            return;
        }

        try
        {
            using BoundedText reader = new(_text, start, end, _state.Options.MaxValueLength);
            _valueEnds = reader.Renew;
            _parser = new Parser(new Scanner(reader, skipComments: true));
            ReadStream();
            if (_documents.Count == 0)
            {
                Fail("a directive without a document, expected `---` after it", new SourceSpan(_state.File, line + 1, 1), _text[start..end]);
            }
        }
        catch (ValueTooLongException)
        {
            SourceSpan place = _parser.Current is { } last ? After(SpanOf(last)) : new SourceSpan(_state.File, line + 1, 1);
            _state.ReportTooLong("value or comment", place);
            KeepBroken();
        }
        catch (YamlException e)
        {
            Fail(e.Message, Shift(e.Start, e.End), _text[start..end]);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser's own slips on malformed text, such as an unterminated flow list.
            SourceSpan place = _parser.Current is { } last ? SpanOf(last) : new SourceSpan(_state.File, line + 1, 1);
            Fail("brackets, quotes or escapes do not end", place, _text[start..end]);
        }
    }

    private void Fail(string message, SourceSpan span, string chunk)
    {
        string reason = string.Join(' ', message.Split(' ', StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        reason = reason.Length == 0 ? "cannot be read" : char.ToLowerInvariant(reason[0]) + reason[1..];
        SourceText source = new(null, chunk);
        span = Inside(span, source);
        if (TabIn(source, span.Line - _lineOffset, reason.Contains(" tab ", StringComparison.Ordinal)) is { } tab)
        {
            _state.Report(Findings.YamlSyntax, "not YAML: a tab in the indentation, expected spaces", tab with { File = _state.File, Line = tab.Line + _lineOffset, EndLine = tab.EndLine + _lineOffset });
        }
        else
        {
            _state.Report(Findings.YamlSyntax, "not YAML: " + reason.ReplaceLineEndings(" "), span);
        }

        KeepBroken();
    }

    private void KeepBroken()
    {
        if (_documents.Count > 0 && _documents[^1].Index == _state.Document)
        {
            // What comes after its content belongs to the document still.
            _documents[^1] = _documents[^1] with { IsSound = false };
        }
        else
        {
            _documents.Add(new NodeDocument(_state.Document, null, IsSound: false));
        }
    }

    // Where the text ends too early the parser names the line after it.
    private SourceSpan Inside(SourceSpan span, SourceText chunk)
    {
        int last = chunk.LineCount + _lineOffset;
        return span.Line <= last ? span : new SourceSpan(span.File, last, chunk.Line(chunk.LineCount).Length + 1);
    }

    // The parser places an error about a tab at the start of what the tab breaks; if it does not say that it is about a tab, only the next line can hold it.
    private static SourceSpan? TabIn(SourceText text, int fromLine, bool isAboutTab)
    {
        int last = isAboutTab ? text.LineCount : Math.Min(fromLine + 1, text.LineCount);
        for (int line = fromLine; line <= last; line++)
        {
            ReadOnlySpan<char> content = text.Line(line);
            int blanks = content.Length - content.TrimStart(' ').Length;
            if (blanks < content.Length && content[blanks] == '\t' && !content.Trim().IsEmpty)
            {
                return new SourceSpan(null, line, blanks + 1);
            }
        }

        return null;
    }

    // Directives belong to the document after them; the parser refuses those that have none, and those that could change a meaning.
    private static bool HasNoContent(ReadOnlySpan<char> chunk, bool isLast)
    {
        foreach (ReadOnlySpan<char> line in chunk.EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (!trimmed.IsEmpty && trimmed[0] != '#' && trimmed is not "..." && (isLast || !IsHarmlessDirective(line)))
            {
                return false;
            }
        }

        return true;
    }

    // The first line with a `%` in front that stands after some content of the part; -1 if there is none.
    private static int IndexOfStrayDirective(ReadOnlySpan<char> part)
    {
        int content = part.StartsWith("---", StringComparison.Ordinal) ? 0 : StartOfContent(part);
        if (content < 0)
        {
            return -1;
        }

        int feed = part[content..].IndexOf("\n%", StringComparison.Ordinal), carriage = part[content..].IndexOf("\r%", StringComparison.Ordinal);
        int first = feed < 0 || (carriage >= 0 && carriage < feed) ? carriage : feed;
        return first < 0 ? -1 : content + first + 1;
    }

    // The first line with a `%` in front; -1 if there is none.
    private static int IndexOfDirective(ReadOnlySpan<char> lines)
    {
        for (int at = 0; at < lines.Length;)
        {
            if (lines[at] == '%')
            {
                return at;
            }

            int length = lines[at..].IndexOfAny('\r', '\n');
            at = length < 0 ? lines.Length : at + length + 1;
        }

        return -1;
    }

    // The first line that is no directive, no comment and not blank; -1 if there is none.
    private static int StartOfContent(ReadOnlySpan<char> part)
    {
        int at = 0;
        while (at < part.Length)
        {
            int length = part[at..].IndexOfAny('\r', '\n');
            ReadOnlySpan<char> line = length < 0 ? part[at..] : part.Slice(at, length);
            if (line is not ['%', ..] && line.Trim() is [not '#', ..])
            {
                return at;
            }

            at += line.Length + 1;
        }

        return -1;
    }

    private static bool IsHarmlessDirective(ReadOnlySpan<char> line) =>
        line.StartsWith("%YAML 1.", StringComparison.Ordinal) || line.StartsWith("%TAG ", StringComparison.Ordinal);

    private bool Next()
    {
        bool moved = _parser.MoveNext();
        _valueEnds();
        return moved;
    }

    private void ReadStream()
    {
        while (Next())
        {
            if (_parser.Current is not DocumentStart)
            {
                continue;
            }

            _state.Document = _count + _documents.Count;
            _sound = true;
            Next();
            ManifestNode? root = ReadNode(0, default, new TypedNode(IsRoot: _documents.Count == 0, null, null));
            _documents.Add(new NodeDocument(_state.Document, root, _sound && root is not null));
            if (root is null)
            {
                return;
            }
        }
    }

    // Reads the node that the parser stands on and leaves the parser on its last event. Null means that nesting is too deep, or that there are too many values: give up.
    private ManifestNode? ReadNode(int depth, NodeFilter filter, TypedNode? typed = null)
    {
        ParsingEvent current = _parser.Current!;
        SourceSpan span = SpanOf(current);
        if (!_state.CountValue(span))
        {
            _sound = false;
            return null;
        }

        if (current is AnchorAlias alias)
        {
            Report(Findings.AliasRefused, $"alias `*{alias.Value.Value}` is not read, expected the value itself", span);
            return new ScalarNode(span, ScalarKind.Null, "");
        }

        if (current is not NodeEvent node)
        {
            throw new InvalidOperationException("the parser ends a collection in the middle of an entry");
        }

        if (!node.Anchor.IsEmpty)
        {
            Report(Findings.AliasRefused, $"anchor `&{node.Anchor.Value}` is not read", span);
        }

        switch (node)
        {
            case Scalar scalar:
                return ReadScalar(scalar, span);
            case SequenceStart or MappingStart when depth >= _state.Options.MaxDepth:
                Report(Findings.TooDeep, $"nested more than {_state.Options.MaxDepth} levels deep", span);
                return null;
            case SequenceStart sequence:
                RefuseTag(sequence.Tag, "tag:yaml.org,2002:seq", span);
                return ReadSequence(span, depth, filter);
            case MappingStart mapping:
                RefuseTag(mapping.Tag, "tag:yaml.org,2002:map", span);
                return typed is { } type && _sink is not null ? ReadTyped(span, depth, type, _sink) : ReadMapping(span, depth, filter);
            default:
                throw new InvalidOperationException("unexpected event");
        }
    }

    private SequenceNode? ReadSequence(SourceSpan span, int depth, NodeFilter filter)
    {
        List<ManifestNode> items = [];
        while (Next() && _parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1, filter) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new SequenceNode(UpTo(span), items);
    }

    private MappingNode? ReadMapping(SourceSpan span, int depth, NodeFilter filter)
    {
        List<MappingEntry> entries = [];
        _keys.Open();
        while (Next() && _parser.Current is not MappingEnd)
        {
            if (ReadKey(depth) is not { } key || ReadNode(depth + 1, key.Name is null ? default : filter.Inside(key.Name)) is not { } value)
            {
                return null;
            }

            EndEntry(entries, key, value, filter);
        }

        _keys.Close();
        return new MappingNode(UpTo(span), entries);
    }

    // An object that says itself what it is: a document, or an item of a List whose type the list may name.
    private MappingNode? ReadTyped(SourceSpan span, int depth, TypedNode typed, IDocumentSink sink)
    {
        List<MappingEntry> entries = [];
        ObjectType type = new(sink, typed.Version, typed.Kind);
        _keys.Open();
        while (Next() && _parser.Current is not MappingEnd)
        {
            if (ReadKey(depth) is not { } key)
            {
                return null;
            }

            ManifestNode? value;
            bool isItems = typed.IsRoot && key.Name == "items";
            if (isItems)
            {
                type.BeginItems();
            }

            if (isItems && _parser.Current is SequenceStart { Anchor.IsEmpty: true, Tag.IsEmpty: true })
            {
                value = ReadItems(depth + 1, type, sink);
            }
            else
            {
                value = ReadNode(depth + 1, key.Name is null ? default : type.Filter.Inside(key.Name));
            }

            if (value is null)
            {
                return null;
            }

            if (EndEntry(entries, key, value, type.Filter) is { } name)
            {
                type.Note(name, value);
            }
        }

        _keys.Close();
        return new MappingNode(UpTo(span), entries);
    }

    private SequenceNode? ReadItems(int depth, ObjectType list, IDocumentSink sink)
    {
        SourceSpan span = SpanOf(_parser.Current!);
        if (!_state.CountValue(span))
        {
            _sound = false;
            return null;
        }

        if (depth >= _state.Options.MaxDepth)
        {
            Report(Findings.TooDeep, $"nested more than {_state.Options.MaxDepth} levels deep", span);
            return null;
        }

        (string? version, string? kind) = list.OfItems;
        sink.BeginItems();
        while (Next() && _parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1, default, new TypedNode(IsRoot: false, version, kind)) is not { } item)
            {
                return null;
            }

            sink.Item(item, list.Version, list.Kind);
        }

        return new SequenceNode(UpTo(span), []);
    }

    // Leaves the parser at the start of the value.
    private KeyNode? ReadKey(int depth)
    {
        SourceSpan span = SpanOf(_parser.Current!);
        bool isPlain = _parser.Current is Scalar { Style: ScalarStyle.Plain };
        if (ReadNode(depth + 1, default) is not { } key)
        {
            return null;
        }

        Next();
        return new KeyNode(key, span, isPlain);
    }

    // The key's name, once the value is read: null, and reported, if it is none.
    private string? EndEntry(List<MappingEntry> entries, in KeyNode key, ManifestNode value, NodeFilter filter)
    {
        if (KeyText(key.Node, key.IsPlain) is not { } name)
        {
            return null;
        }

        if (!filter.Skips(name))
        {
            entries.Add(new MappingEntry(name, key.Span, value));
        }

        if (_keys.Add(name, key.Span) is { } first)
        {
            _sound = false;
            _state.Report(Findings.DuplicateKey, $"field `{ScalarNode.Shorten(name)}` is written twice, first in line {first.Line}", key.Span, related: first);
        }

        return name;
    }

    private string? KeyText(ManifestNode key, bool isPlain)
    {
        if (key is ScalarNode { Text: "<<" } && isPlain)
        {
            Report(Findings.AliasRefused, "merge key `<<` is not read, expected the fields themselves", key.Span);
            return null;
        }

        if (key is ScalarNode { Kind: ScalarKind.Text } or ScalarNode { Kind: ScalarKind.Integer, HasOddNotation: false })
        {
            return ((ScalarNode)key).Text;
        }

        Report(Findings.KeyNotText, $"field name is {key.Description}, expected text", key.Span);
        return null;
    }

    private ScalarNode ReadScalar(Scalar scalar, SourceSpan span)
    {
        string text = _state.Session.Texts.Get(scalar.Value);
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            return ReadTagged(scalar.Tag.Value, text, span);
        }

        if (scalar.Style != ScalarStyle.Plain || scalar.Tag.IsNonSpecific)
        {
            return new ScalarNode(span, ScalarKind.Text, text);
        }

        ScalarKind kind = YamlScalar.Resolve(text, out double number);
        return new ScalarNode(span, kind, text, number);
    }

    private ScalarNode ReadTagged(string tag, string text, SourceSpan span)
    {
        ScalarKind wanted = tag switch
        {
            "tag:yaml.org,2002:str" => ScalarKind.Text,
            "tag:yaml.org,2002:int" => ScalarKind.Integer,
            "tag:yaml.org,2002:float" => ScalarKind.Float,
            "tag:yaml.org,2002:bool" => ScalarKind.Boolean,
            _ => ScalarKind.Null,
        };
        if (wanted == ScalarKind.Text)
        {
            return new ScalarNode(span, wanted, text);
        }

        ScalarKind kind = YamlScalar.Resolve(text, out double number);
        bool fits = kind == wanted || (kind == ScalarKind.Integer && wanted == ScalarKind.Float);
        if (!fits || (wanted == ScalarKind.Null && tag != "tag:yaml.org,2002:null"))
        {
            Report(Findings.TagRefused, $"tag `{ScalarNode.Shorten(tag)}` cannot be applied to `{ScalarNode.Shorten(text)}`", span);
        }

        return new ScalarNode(span, kind, text, number);
    }

    private void RefuseTag(TagName tag, string allowed, SourceSpan span)
    {
        if (!tag.IsEmpty && !tag.IsNonSpecific && tag.Value != allowed)
        {
            Report(Findings.TagRefused, $"tag `{ScalarNode.Shorten(tag.Value)}` is not read", span);
        }
    }

    private void Report(DiagnosticDescriptor descriptor, string message, SourceSpan span)
    {
        _sound = false;
        _state.Report(descriptor, message, span);
    }

    private SourceSpan SpanOf(ParsingEvent current) => Shift(current.Start, current.End);

    private static SourceSpan After(SourceSpan span) => new(span.File, span.EndLine, span.EndColumn);

    private SourceSpan UpTo(SourceSpan start)
    {
        SourceSpan end = SpanOf(_parser.Current!);
        return start with { EndLine = end.EndLine, EndColumn = end.EndColumn };
    }

    // Of a value that is not written the parser names an end before its tag.
    private SourceSpan Shift(Mark start, Mark end)
    {
        Mark last = end.Index < start.Index ? start : end;
        return new SourceSpan(_state.File, (int)start.Line + _lineOffset, (int)start.Column, (int)last.Line + _lineOffset, (int)last.Column);
    }

    /// <summary>An object of which it matters what it says it is.</summary>
    /// <param name="IsRoot">True for a document, whose items may be handed on.</param>
    /// <param name="Version">The <c>apiVersion</c> that a typed list gives it.</param>
    /// <param name="Kind">The <c>kind</c> that a typed list gives it.</param>
    private readonly record struct TypedNode(bool IsRoot, string? Version, string? Kind);

    private readonly record struct KeyNode(ManifestNode Node, SourceSpan Span, bool IsPlain)
    {
        public string? Name => (Node as ScalarNode)?.Text;
    }
}
