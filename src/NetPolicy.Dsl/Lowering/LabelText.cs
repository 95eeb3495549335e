namespace NetPolicy.Dsl;

/// <summary>The rules of label values (Kubernetes specification §2.2).</summary>
internal static class LabelText
{
    private const int LongestValue = 63;

    /// <summary>True if a label can have the value.</summary>
    public static bool IsValue(string text) =>
        text.Length == 0 || (IsPartOfValue(text) && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]));

    /// <summary>True if some label's value can contain the text.</summary>
    public static bool IsPartOfValue(string text) =>
        text.Length <= LongestValue && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
