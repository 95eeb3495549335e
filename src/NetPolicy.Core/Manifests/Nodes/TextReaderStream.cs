using System.Text;

namespace NetPolicy.Manifests.Nodes;

/// <summary>The text of a reader as UTF-8; where it holds half of a character there is a byte that is no UTF-8.</summary>
internal sealed class TextReaderStream(TextReader reader) : Stream
{
    private const int Chunk = 1 << 14;
    private const byte NoCharacter = 0xFF;

    private readonly char[] _chars = new char[Chunk];
    private readonly byte[] _bytes = new byte[(3 * Chunk) + 3];
    private int _position;
    private int _end;
    private char _high;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_position == _end && !Fill())
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _end - _position);
        _bytes.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool Fill()
    {
        (_position, _end) = (0, 0);
        int held = _high == '\0' ? 0 : 1;
        _chars[0] = _high;
        _high = '\0';
        int read = reader.Read(_chars, held, Chunk - held);
        ReadOnlySpan<char> text = _chars.AsSpan(0, held + Math.Max(read, 0));
        if (read > 0 && char.IsHighSurrogate(text[^1]))
        {
            _high = text[^1];
            text = text[..^1];
            if (text.IsEmpty)
            {
                return Fill();
            }
        }

        while (!text.IsEmpty)
        {
            System.Buffers.OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(text, _bytes.AsSpan(_end), out int taken, out int made, replaceInvalidSequences: false);
            text = text[taken..];
            _end += made;
            if (status != System.Buffers.OperationStatus.Done)
            {
                _bytes[_end++] = NoCharacter;
                text = text[1..];
            }
        }

        return _end > 0;
    }
}
