namespace NetPolicy.Diagnostics;

/// <summary>A text with its file name, addressable by line; what messages quote their excerpts from.</summary>
/// <remarks>Lines end at LF, CRLF or CR. Immutable.</remarks>
public sealed class SourceText
{
    private readonly int[] _starts;

    /// <summary>A text; <paramref name="file"/> is null if it came from no file. O(length).</summary>
    public SourceText(string? file, string text)
    {
        File = file;
        Text = text;
        List<int> starts = [0];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        _starts = [.. starts];
    }

    /// <summary>The file, as the user named it.</summary>
    public string? File { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>Number of lines; an empty text has one.</summary>
    public int LineCount => _starts.Length;

    /// <summary>Line <paramref name="number"/> (one-based) without its line break; empty if there is no such line.</summary>
    public string Line(int number)
    {
        if (number < 1 || number > _starts.Length)
        {
            return "";
        }

        int start = _starts[number - 1];
        int end = number < _starts.Length ? _starts[number] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }

    /// <summary>The place of the character at <paramref name="offset"/>, zero-based. O(log lines).</summary>
    public SourceSpan SpanAt(int offset)
    {
        int index = Array.BinarySearch(_starts, offset);
        int line = index >= 0 ? index : ~index - 1;
        return new SourceSpan(File, line + 1, offset - _starts[line] + 1);
    }
}
