namespace NetPolicy.Demo.Output;

/// <summary>Text in lines that fit a page.</summary>
internal static class Lines
{
    private const int Width = 98;

    /// <summary>Writes a text, broken between words, further lines indented a little more.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="text">One line of any length.</param>
    /// <param name="indent">Spaces before the first line.</param>
    /// <param name="paint">The colour on a terminal; null for none.</param>
    public static void Write(TextWriter output, string text, int indent, Func<string, string>? paint = null)
    {
        paint ??= static line => line;
        string line = new string(' ', indent) + text;
        while (line.Length > Width && line.LastIndexOf(' ', Width) is var at && at > indent + 4)
        {
            output.WriteLine(paint(line[..at]));
            line = new string(' ', indent + 4) + line[(at + 1)..];
        }

        output.WriteLine(paint(line));
    }
}
