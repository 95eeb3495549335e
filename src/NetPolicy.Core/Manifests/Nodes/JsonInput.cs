using System.Text.Unicode;
using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>The bytes of a JSON text: a window that moves over a stream, or all of them. What is shown is valid UTF-8.</summary>
internal sealed class JsonInput
{
    // A window need not be longer than the longest value, every character of which may be written as an escape of six.
    private const int Slack = 1 << 16;
    private const int BytesPerEscape = 6;

    private readonly Stream? _stream;
    private readonly ReadState _state;
    private readonly MemoryStream? _kept;
    private readonly int _keepAtMost;
    private ReadOnlyMemory<byte> _head;
    private byte[] _buffer = [];
    private ReadOnlyMemory<byte> _whole;
    private int _end;
    private int _valid;

    private JsonInput(Stream? stream, ReadState state, MemoryStream? kept, int keepAtMost)
    {
        _stream = stream;
        _state = state;
        _kept = kept;
        _keepAtMost = keepAtMost;
    }

    /// <summary>All bytes are here; they are valid UTF-8 without a mark in front.</summary>
    public static JsonInput Of(ReadOnlyMemory<byte> text, ReadState state) => new(null, state, null, 0) { _whole = text, IsFinal = true };

    /// <summary>A stream, read in pieces of at most <paramref name="chunk"/> bytes.</summary>
    /// <param name="head">What was read of it already.</param>
    /// <param name="stream">The rest.</param>
    /// <param name="state">Limits, and who is told how much was read.</param>
    /// <param name="chunk">The size of the window.</param>
    /// <param name="keepAtMost">How many bytes of the start are kept, for a second reading of what cannot be opened twice; 0 for none.</param>
    public static JsonInput Of(ReadOnlyMemory<byte> head, Stream stream, ReadState state, int chunk, int keepAtMost) =>
        new(stream, state, keepAtMost > 0 ? new MemoryStream() : null, keepAtMost) { _buffer = new byte[Math.Max(chunk, 1)], _head = head };

    /// <summary>What can be seen of the text now.</summary>
    public ReadOnlySpan<byte> Window => _stream is null ? _whole.Span : _buffer.AsSpan(0, _valid);

    /// <summary>True if the window is the whole text.</summary>
    public bool IsWhole => _stream is null;

    /// <summary>True if nothing comes after the window.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>All that was read, if it was kept; then read on from the stream for the rest.</summary>
    public MemoryStream? Kept => _kept is { } kept && kept.Length == Total ? kept : null;

    /// <summary>Bytes read from the stream.</summary>
    public long Total { get; private set; }

    /// <summary>Shows the beginning of the text, without a byte order mark.</summary>
    /// <exception cref="RereadException">The text is no UTF-8.</exception>
    /// <exception cref="TextTooLargeException">There is more text than the limit.</exception>
    public void Start()
    {
        if (IsWhole)
        {
            return;
        }

        while (_end < 3 && Fill())
        {
        }

        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
        {
            Drop(3);
        }
    }

    /// <summary>Moves the window on: lets go of <paramref name="consumed"/> bytes and shows at least one more, unless there is none.</summary>
    /// <exception cref="RereadException">The text is no UTF-8, or one value is longer than the limit.</exception>
    /// <exception cref="TextTooLargeException">There is more text than the limit.</exception>
    public void Advance(int consumed)
    {
        Drop(consumed);
        int before = _valid;
        while (!IsFinal && _valid == before)
        {
            Fill();
        }
    }

    private void Drop(int consumed)
    {
        _buffer.AsSpan(consumed, _end - consumed).CopyTo(_buffer);
        _end -= consumed;
        _valid = Math.Max(0, _valid - consumed);
    }

    private bool Fill()
    {
        if (_end == _buffer.Length)
        {
            long longest = Math.Min(((long)_state.Options.MaxValueLength * BytesPerEscape) + Slack, Array.MaxLength - 1);
            if (_end > longest)
            {
                throw new RereadException(Findings.TextTooLarge, $"text holds a value of more than {_state.Options.MaxValueLength} characters");
            }

            Array.Resize(ref _buffer, (int)Math.Min(2L * _end, Array.MaxLength));
        }

        int read = Take(_buffer.AsSpan(_end));
        if (read > 0 && _kept is { } kept && kept.Length == Total && Total + read <= _keepAtMost)
        {
            kept.Write(_buffer, _end, read);
        }

        _end += read;
        Total += read;
        if (Total > _state.Options.MaxBytes)
        {
            throw new TextTooLargeException();
        }

        int whole = read == 0 ? _end : WholeCharacters(_buffer.AsSpan(0, _end));
        if (whole > _valid && !Utf8.IsValid(_buffer.AsSpan(_valid, whole - _valid)))
        {
            throw new RereadException(Findings.BadCharacter, "text is not UTF-8");
        }

        _valid = Math.Max(_valid, whole);
        IsFinal = read == 0;
        _state.Progress(read);
        return read > 0;
    }

    private int Take(Span<byte> space)
    {
        if (_head.IsEmpty)
        {
            return _stream!.Read(space);
        }

        int count = Math.Min(space.Length, _head.Length);
        _head.Span[..count].CopyTo(space);
        _head = _head[count..];
        return count;
    }

    // The length without a character at the end whose other bytes have not come yet.
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            byte b = bytes[^back];
            if ((b & 0xC0) != 0x80)
            {
                int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
                return length > back ? bytes.Length - back : bytes.Length;
            }
        }

        return bytes.Length;
    }
}
