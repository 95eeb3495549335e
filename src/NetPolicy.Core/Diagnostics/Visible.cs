using System.Globalization;
using System.Text;

namespace NetPolicy.Diagnostics;

/// <summary>Makes users' text fit for one line of output.</summary>
internal static class Visible
{
    private const int LongestQuote = 80;

    /// <summary>A message: hidden characters made visible, and of each long text in backticks only the beginning.</summary>
    public static string Message(string text) => Text(text.Length <= LongestQuote ? text : ShortenQuotes(text));

    /// <summary>The text with control characters, line and direction marks, and halves of characters written as <c>\u001B</c>. Allocates only if there are any.</summary>
    public static string Text(string text)
    {
        int first = IndexOfHidden(text, 0);
        if (first < 0)
        {
            return text;
        }

        StringBuilder visible = new(text, 0, first, text.Length + 16);
        for (int hidden = first; hidden >= 0;)
        {
            visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[hidden]:X4}");
            int next = IndexOfHidden(text, hidden + 1);
            visible.Append(text, hidden + 1, (next < 0 ? text.Length : next) - hidden - 1);
            hidden = next;
        }

        return visible.ToString();
    }

    private static string ShortenQuotes(string text)
    {
        string[] parts = text.Split('`');
        for (int i = 1; i < parts.Length; i += 2)
        {
            if (parts[i].Length > LongestQuote)
            {
                int end = LongestQuote - 3;
                parts[i] = string.Concat(parts[i].AsSpan(0, char.IsHighSurrogate(parts[i][end - 1]) ? end - 1 : end), "...");
            }
        }

        return string.Join('`', parts);
    }

    private static int IndexOfHidden(string text, int start)
    {
        for (int i = start; i < text.Length; i++)
        {
            char c = text[i];
            if (c is >= ' ' and <= '~')
            {
                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return i;
            }
        }

        return -1;
    }
}
