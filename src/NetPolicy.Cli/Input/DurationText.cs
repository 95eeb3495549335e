using System.Globalization;

namespace NetPolicy.Cli.Input;

/// <summary>Durations as people write them.</summary>
internal static class DurationText
{
    /// <summary>A whole number and its unit: <c>90s</c>, <c>5m</c>, <c>1h</c>.</summary>
    /// <exception cref="UnusableException">It is none.</exception>
    public static TimeSpan Read(string option, string text)
    {
        bool isNumber = int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 86_400;
        TimeSpan? unit = text.Length == 0 ? null : text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            _ => null,
        };
        return isNumber && unit is { } one && one * number <= TimeSpan.FromDays(1)
            ? one * number
            : throw new UnusableException($"{option} `{text}` is no duration, expected a whole number with its unit, up to a day: `60s`, `5m`, `1h`");
    }
}
