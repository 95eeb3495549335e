using System.Globalization;

namespace NetPolicy.Manifests.Nodes;

/// <summary>How numbers are written: shortest decimal text that reads back as the same number in YAML and JSON.</summary>
internal static class NumberText
{
    /// <exception cref="ArgumentException">Not a finite number; neither JSON nor the API server has a word for it.</exception>
    public static string Format(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentException("a number in a document must be finite", nameof(number));
        }

        if (Math.Abs(number) < 1e15 && double.IsInteger(number))
        {
            return ((long)number).ToString(CultureInfo.InvariantCulture);
        }

        string text = number.ToString("R", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', StringComparison.Ordinal);

        // YAML 1.1 wants a point before the exponent.
        return exponent > 0 && !text.Contains('.', StringComparison.Ordinal) ? string.Concat(text.AsSpan(0, exponent), ".0", text.AsSpan(exponent)) : text;
    }
}
