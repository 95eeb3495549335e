using System.Globalization;
using System.Text;

namespace NetPolicy.Diagnostics;

/// <summary>Makes users' text fit for one line of output.</summary>
internal static class Visible
{
    private const int LongestQuote = 80;

    /// <summary>Longer than every namespace with a name that a cluster takes.</summary>
    private const int LongestWord = 400;

    /// <summary>A message: hidden characters made visible, and of each long text in backticks and each endless word only the beginning.</summary>
    public static string Message(string text) => Text(text.Length <= LongestQuote ? text : ShortenLong(text));

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

    private static string ShortenLong(string text)
    {
        string[] parts = text.Split('`');
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = i % 2 == 1 ? Shorten(parts[i], LongestQuote)
                : parts[i].Length <= LongestWord ? parts[i]
                : string.Join(' ', parts[i].Split(' ').Select(word => Shorten(word, LongestWord)));
        }

        return string.Join('`', parts);
    }

    private static string Shorten(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        int end = longest - 3;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "...");
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
