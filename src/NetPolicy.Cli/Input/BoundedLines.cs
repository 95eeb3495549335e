using System.Text;

namespace NetPolicy.Cli.Input;

/// <summary>Lines of text that somebody wrote, none of them longer than a flow or a selector can be.</summary>
internal sealed class BoundedLines(TextReader reader)
{
    /// <summary>Longest line, in characters.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Characters of a too long line that are passed over in search of its end.</summary>
    private const int MaxSkipped = 256 << 20;

    private readonly char[] _buffer = new char[1 << 14];
    private int _at;
    private int _filled;

    /// <summary>The next line without its end; null if there is none.</summary>
    /// <param name="isTooLong">True if only its beginning is returned.</param>
    /// <exception cref="UnusableException">A line does not end.</exception>
    public string? Next(out bool isTooLong)
    {
        isTooLong = false;
        StringBuilder line = new();
        long length = 0;
        while (Fill())
        {
            int end = Array.IndexOf(_buffer, '\n', _at, _filled - _at);
            int until = end < 0 ? _filled : end;
            length += until - _at;
            line.Append(_buffer, _at, (int)Math.Min(until - _at, MaxLength - line.Length));
            _at = end < 0 ? _filled : end + 1;
            isTooLong = length > MaxLength;
            if (end >= 0)
            {
                return line.ToString();
            }

            if (length > MaxSkipped)
            {
                throw new UnusableException($"a line does not end after {MaxSkipped} characters");
            }
        }

        return length == 0 ? null : line.ToString();
    }

    private bool Fill()
    {
        if (_at == _filled)
        {
            (_at, _filled) = (0, reader.Read(_buffer));
        }

        return _filled > 0;
    }
}
