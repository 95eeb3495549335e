using System.Globalization;

namespace NetPolicy.Manifests.Nodes;

/// <summary>
/// Types of unquoted YAML scalars as Kubernetes' conversion to JSON sees them: YAML 1.1 words and numbers, so <c>yes</c> is true, <c>010</c> is 8,
/// and dates stay text.
/// </summary>
internal static class YamlScalar
{
    public static ScalarKind Resolve(string text, out double number)
    {
        number = 0;
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ScalarKind.Null;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                number = 1;
                return ScalarKind.Boolean;
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return ScalarKind.Boolean;
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                number = double.PositiveInfinity;
                return ScalarKind.Float;
            case "-.inf" or "-.Inf" or "-.INF":
                number = double.NegativeInfinity;
                return ScalarKind.Float;
            case ".nan" or ".NaN" or ".NAN":
                number = double.NaN;
                return ScalarKind.Float;
            default:
                break;
        }

        char first = text[0];
        if (!char.IsAsciiDigit(first) && first is not ('+' or '-' or '.'))
        {
            return ScalarKind.Text;
        }

        if (TryInteger(text, out number))
        {
            return ScalarKind.Integer;
        }

        string digits = text.Replace("_", "", StringComparison.Ordinal);
        if (IsFloat(digits) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
        {
            return double.IsInteger(number) && Math.Abs(number) < 1e15 ? ScalarKind.Integer : ScalarKind.Float;
        }

        return ScalarKind.Text;
    }

    private static bool TryInteger(string text, out double number)
    {
        number = 0;
        ReadOnlySpan<char> digits = text.Replace("_", "", StringComparison.Ordinal);
        bool negative = digits.StartsWith("-");
        if (digits.Length > 0 && digits[0] is '+' or '-')
        {
            digits = digits[1..];
        }

        int radix = 10;
        if (digits.Length > 2 && digits[0] == '0' && digits[1] is 'x' or 'X' or 'o' or 'O' or 'b' or 'B')
        {
            radix = digits[1] switch { 'x' or 'X' => 16, 'o' or 'O' => 8, _ => 2 };
            digits = digits[2..];
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            radix = 8;
            digits = digits[1..];
        }

        if (digits.IsEmpty)
        {
            return false;
        }

        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 16;
            if (digit >= radix)
            {
                return false;
            }

            number = (number * radix) + digit;
        }

        number = negative ? -number : number;
        return double.IsFinite(number);
    }

    private static bool IsFloat(string text)
    {
        int i = 0;
        if (i < text.Length && text[i] is '+' or '-')
        {
            i++;
        }

        int before = Digits(text, ref i), after = 0;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            after = Digits(text, ref i);
        }

        if (before + after == 0)
        {
            return false;
        }

        if (i < text.Length && text[i] is 'e' or 'E')
        {
            i++;
            if (i < text.Length && text[i] is '+' or '-')
            {
                i++;
            }

            if (Digits(text, ref i) == 0)
            {
                return false;
            }
        }

        return i == text.Length;
    }

    private static int Digits(string text, ref int i)
    {
        int start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i - start;
    }
}
