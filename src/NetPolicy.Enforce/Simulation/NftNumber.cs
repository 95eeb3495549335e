using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Numbers and durations in nft's notations.</summary>
internal static class NftNumber
{
    /// <summary>Decimal, <c>0x</c> hexadecimal or <c>0</c>-led octal.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        if (text.Length > 1 && text[0] == '0')
        {
            return TryParseOctal(text, out value);
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary><c>1d2h3m4s5ms</c> in any subset, or plain seconds.</summary>
    internal static bool TryParseDuration(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds))
        {
            value = TimeSpan.FromSeconds(seconds);
            return true;
        }

        while (!text.IsEmpty)
        {
            int digits = 0;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                digits++;
            }

            if (!uint.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out uint amount))
            {
                return false;
            }

            text = text[digits..];
            (TimeSpan unit, int length) = text switch
            {
                ['m', 's', ..] => (TimeSpan.FromMilliseconds(1), 2),
                ['d', ..] => (TimeSpan.FromDays(1), 1),
                ['h', ..] => (TimeSpan.FromHours(1), 1),
                ['m', ..] => (TimeSpan.FromMinutes(1), 1),
                ['s', ..] => (TimeSpan.FromSeconds(1), 1),
                _ => (TimeSpan.Zero, 0),
            };
            if (length == 0)
            {
                return false;
            }

            value += unit * amount;
            text = text[length..];
        }

        return value > TimeSpan.Zero;
    }

    private static bool TryParseOctal(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        foreach (char c in text)
        {
            if (c is < '0' or > '7' || value > ulong.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(c - '0');
        }

        return true;
    }
}
