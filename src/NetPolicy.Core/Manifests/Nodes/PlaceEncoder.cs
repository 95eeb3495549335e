using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>
/// Writes the places of a document's fields into a few bytes, so that its nodes need not be kept: in the order of the fields, each place as the distance from the one before.
/// </summary>
/// <remarks>
/// A value is its form, for a scalar whether it is null; its place; for an object the number of fields, then name and place of each and its value; for a list the number
/// of values and the values. Names are numbers in a table that all documents of one reading share.
/// </remarks>
internal sealed class PlaceEncoder
{
    // What takes more is searched in its nodes: decoding starts at the beginning each time.
    private const int MostBytes = 1 << 15;

    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[256];
    private int _length;
    private int _line;
    private int _column;

    /// <summary>Where the fields of an object are written.</summary>
    public SourceMap MapOf(MappingNode root, string? file, int document)
    {
        (_length, _line, _column) = (0, 0, 0);
        return Write(root) ? new PlaceSourceMap(file, document, _buffer.AsSpan(0, _length).ToArray(), _names) : new NodeSourceMap(file, document, root);
    }

    private bool Write(ManifestNode node)
    {
        if (_length > MostBytes)
        {
            return false;
        }

        switch (node)
        {
            case MappingNode mapping:
                Write((uint)PlaceForm.Mapping, mapping.Span);
                Write((uint)mapping.Entries.Count);
                foreach (MappingEntry entry in mapping.Entries)
                {
                    Write(NumberOf(entry.Key), entry.KeySpan);
                    if (!Write(entry.Value))
                    {
                        return false;
                    }
                }

                return true;
            case SequenceNode sequence:
                Write((uint)PlaceForm.Sequence, sequence.Span);
                Write((uint)sequence.Items.Count);
                foreach (ManifestNode item in sequence.Items)
                {
                    if (!Write(item))
                    {
                        return false;
                    }
                }

                return true;
            default:
                Write((uint)(node.IsNull ? PlaceForm.Null : PlaceForm.Scalar), node.Span);
                return true;
        }
    }

    private uint NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out int number))
        {
            number = _names.Count;
            _names.Add(name);
            _numbers.Add(name, number);
        }

        return (uint)number;
    }

    private void Write(uint head, SourceSpan span)
    {
        Write(head);
        WriteStep(span.Line - _line);
        WriteStep(span.Line == _line ? span.Column - _column : span.Column);
        WriteStep(span.EndLine - span.Line);
        WriteStep(span.EndLine == span.Line ? span.EndColumn - span.Column : span.EndColumn);
        (_line, _column) = (span.Line, span.Column);
    }

    // Small steps in either direction are small numbers.
    private void WriteStep(int step) => Write((uint)((step << 1) ^ (step >> 31)));

    private void Write(uint number)
    {
        if (_buffer.Length - _length < 5)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        for (; number >= 0x80; number >>= 7)
        {
            _buffer[_length++] = (byte)(number | 0x80);
        }

        _buffer[_length++] = (byte)number;
    }
}
