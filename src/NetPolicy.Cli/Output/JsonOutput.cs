using System.Buffers;
using System.Text;

namespace NetPolicy.Cli.Output;

/// <summary>Takes JSON as it is written and hands it on as text, so that a large document is never in memory as a whole.</summary>
internal sealed class JsonOutput(TextWriter output) : IBufferWriter<byte>
{
    private const int Piece = 1 << 15;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private byte[] _bytes = new byte[Piece];
    private char[] _chars = new char[Piece];

    public void Advance(int count)
    {
        if (_chars.Length < count)
        {
            _chars = new char[count];
        }

        output.Write(_chars, 0, _decoder.GetChars(_bytes, 0, count, _chars, 0));
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_bytes.Length < sizeHint)
        {
            _bytes = new byte[sizeHint];
        }

        return _bytes;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
