using System.Buffers;
using System.Text;
using System.Text.Unicode;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Codecs;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Reads one text: finds out whether it is YAML or JSON, and whether it can be read in pieces.</summary>
internal sealed class TextReading
{
    /// <summary>How much of a stream is read at once. What is not longer is read as a whole.</summary>
    internal const int Chunk = 1 << 18;

    // What cannot be opened twice is kept up to here, in case that it is YAML's flow style after all.
    private const int MostKept = 16 << 20;

    private static readonly SearchValues<char> Usual = SearchValues.Create("\t\n\r" + string.Concat(Enumerable.Range(' ', '\u007F' - ' ').Select(c => (char)c)));

    private readonly string? _file;
    private readonly ManifestReadOptions _options;
    private readonly ReadSession _session;

    public TextReading(string? file, ManifestReadOptions? options, ReadSession? session = null)
    {
        _file = file;
        _options = options ?? ManifestReadOptions.Default;
        _session = session ?? new ReadSession(_options.Progress);
    }

    private long MostHeld => Math.Min(Math.Min(_options.MaxBytes, _options.MaxHeldBytes), Array.MaxLength - 1);

    /// <summary>A text that the caller holds.</summary>
    public ManifestReadResult Read(string text)
    {
        if (text.Length > MostHeld || (text.Length > MostHeld / 3 && Encoding.UTF8.GetByteCount(text) > MostHeld))
        {
            return TooLarge(MostHeld);
        }

        return ReadText(text.StartsWith('\uFEFF') ? text[1..] : text);
    }

    /// <summary>UTF-8 that the caller holds.</summary>
    public ManifestReadResult Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MostHeld)
        {
            return TooLarge(MostHeld);
        }

        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            ReadState state = NewState();
            state.Report(Findings.BadCharacter, "text is not UTF-8", PlaceOfInvalidByte(utf8.Span, _file));
            return Result(state);
        }

        if (LooksLikeJson(utf8.Span))
        {
            return ReadJson(utf8, null);
        }

        string text = Encoding.UTF8.GetString(utf8.Span);
        return ReadText(text);
    }

    /// <summary>UTF-8 of which no more is held than must be.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="chunk">How much is read at once.</param>
    public ManifestReadResult Read(Stream stream, int chunk = Chunk)
    {
        long start = stream.CanSeek ? stream.Position : -1;
        if (start >= 0 && stream.Length - start > _options.MaxBytes)
        {
            return TooLarge(_options.MaxBytes);
        }

        byte[] head = new byte[start >= 0 ? (int)Math.Clamp(stream.Length - start + 1, 1, chunk) : chunk];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (length < head.Length)
        {
            _session.Read(_file, length);
            return Read(head.AsMemory(0, length));
        }

        return LooksLikeJson(WithoutMark(head))
            ? ReadPieces(head, stream, start, chunk)
            : Hold(new MemoryStream(), head, stream) is { } held ? Read(held) : TooLarge(MostHeld);
    }

    private ManifestReadResult ReadPieces(ReadOnlyMemory<byte> head, Stream stream, long start, int chunk)
    {
        ReadState state = NewState();
        ObjectReader reader = new(state);
        JsonInput input = JsonInput.Of(head, stream, state, chunk, start < 0 ? MostKept : 0);
        RereadException? reason = null;
        try
        {
            if (JsonNodes.TryRead(input, state, reader, isSelective: true))
            {
                return Result(state, reader);
            }
        }
        catch (TextTooLargeException)
        {
            return TooLarge(_options.MaxBytes);
        }
        catch (RereadException e)
        {
            reason = e;
        }

        if (HoldAll(stream, start, input.Kept) is { } held)
        {
            return Read(held);
        }

        if (reason is null)
        {
            return Result(state, reader);
        }

        state.Report(reason.Descriptor, reason.Message, new SourceSpan(_file, 1, 1));
        return Result(state);
    }

    // The whole text from its beginning; null if that is no longer to be had, or too much.
    private ReadOnlyMemory<byte>? HoldAll(Stream stream, long start, MemoryStream? kept)
    {
        if (start >= 0 && stream.Length - start <= MostHeld)
        {
            stream.Position = start;
            return Hold(new MemoryStream((int)(stream.Length - start)), default, stream);
        }

        return start < 0 && kept is not null ? Hold(kept, default, stream) : null;
    }

    // Null if there is more than the limit. Devices and pipes do not know their length.
    private ReadOnlyMemory<byte>? Hold(MemoryStream content, ReadOnlySpan<byte> head, Stream stream)
    {
        content.Write(head);
        byte[] buffer = new byte[1 << 16];
        while (content.Length <= MostHeld && stream.Read(buffer) is var count and > 0)
        {
            content.Write(buffer, 0, count);
        }

        if (content.Length > MostHeld)
        {
            return null;
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private ReadState NewState() => new(_file, _options, _session);

    private ManifestReadResult TooLarge(long limit)
    {
        ReadState state = NewState();
        state.Report(Findings.TextTooLarge, $"text is larger than {limit} bytes", new SourceSpan(_file, 1, 1));
        return Result(state);
    }

    private ManifestReadResult ReadText(string text)
    {
        if (LooksLikeJson(text))
        {
            // JSON may hold more kinds of characters than YAML, but no halves.
            return IndexOfHalf(text) is var half && half >= 0 ? BadCharacter(text, half) : ReadJson(Encoding.UTF8.GetBytes(text), text);
        }

        if (IndexOfBadCharacter(text) is var bad && bad >= 0)
        {
            return BadCharacter(text, bad);
        }

        return ReadYaml(text, out _);
    }

    private ManifestReadResult BadCharacter(string text, int offset)
    {
        ReadState state = NewState();
        string why = text[offset] is '\u0085' or '\u2028' or '\u2029' ? ", which some readers take for the end of a line" : "";
        state.Report(Findings.BadCharacter, $"text holds the character U+{(int)text[offset]:X4}{why}", new SourceText(_file, text).SpanAt(offset));
        return Result(state);
    }

    private ManifestReadResult ReadJson(ReadOnlyMemory<byte> utf8, string? text)
    {
        if (TryReadJson(utf8, out ManifestReadResult result))
        {
            return result;
        }

        // YAML's flow style starts like JSON. What neither can read is reported as JSON.
        text ??= Encoding.UTF8.GetString(utf8.Span);
        if (IndexOfBadCharacter(text) < 0)
        {
            ManifestReadResult flow = ReadYaml(text, out ReadState state);
            if (state.Diagnostics.TrueForAll(diagnostic => diagnostic.Descriptor != Findings.YamlSyntax))
            {
                return flow;
            }
        }

        return result;
    }

    private ManifestReadResult ReadYaml(string text, out ReadState state)
    {
        try
        {
            return ReadYaml(text, isSelective: true, out state);
        }
        catch (RereadException)
        {
            return ReadYaml(text, isSelective: false, out state);
        }
    }

    private ManifestReadResult ReadYaml(string text, bool isSelective, out ReadState state)
    {
        state = NewState();
        ObjectReader reader = new(state);
        foreach (NodeDocument document in YamlNodes.Read(text, state, isSelective ? reader : null))
        {
            reader.Document(document);
        }

        return Result(state, reader);
    }

    private bool TryReadJson(ReadOnlyMemory<byte> utf8, out ManifestReadResult result)
    {
        ReadState state = NewState();
        ObjectReader reader = new(state);
        bool isJson;
        try
        {
            isJson = JsonNodes.TryRead(JsonInput.Of(utf8, state), state, reader, isSelective: true);
        }
        catch (RereadException)
        {
            state = NewState();
            reader = new ObjectReader(state);
            isJson = JsonNodes.TryRead(JsonInput.Of(utf8, state), state, reader, isSelective: false);
        }

        result = Result(state, reader);
        return isJson;
    }

    private static ManifestReadResult Result(ReadState state) => new([], state.All.ToEquatableArray(), 1);

    private static ManifestReadResult Result(ReadState state, ObjectReader reader) =>
        new(reader.Manifests.ToEquatableArray(), state.All.ToEquatableArray(), reader.DocumentCount) { Damaged = reader.Damaged.ToEquatableArray() };

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> utf8) => utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;

    private static bool LooksLikeJson(ReadOnlySpan<char> text) => text.TrimStart(" \t\r\n") is ['{' or '[', ..];

    private static bool LooksLikeJson(ReadOnlySpan<byte> utf8) => utf8.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    private static int IndexOfHalf(string text)
    {
        for (int i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    // Control characters other than tab and line breaks, what only YAML 1.1 takes for line breaks, marks and halves that are no characters.
    private static int IndexOfBadCharacter(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int unusual = text.AsSpan(i).IndexOfAnyExcept(Usual);
            if (unusual < 0)
            {
                return -1;
            }

            i += unusual;
            char c = text[i];

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (c < '\u00A0' || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
            {
                return i;
            }
        }

        return -1;
    }

    private static SourceSpan PlaceOfInvalidByte(ReadOnlySpan<byte> bytes, string? file)
    {
        int offset = 0;
        while (offset < bytes.Length && Rune.DecodeFromUtf8(bytes[offset..], out _, out int consumed) == OperationStatus.Done)
        {
            offset += consumed;
        }

        SourceText before = new(file, Encoding.UTF8.GetString(bytes[..offset]));
        return before.SpanAt(before.Text.Length);
    }
}
