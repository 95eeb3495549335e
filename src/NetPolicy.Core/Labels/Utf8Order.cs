namespace NetPolicy.Labels;

/// <summary>Orders text as its UTF-8 bytes, which differs from UTF-16 order for characters beyond the basic plane.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x, b = y;
        int length = Math.Min(a.Length, b.Length);
        for (int i = 0; i < length; i++)
        {
            if (a[i] != b[i])
            {
                return Rank(a[i]).CompareTo(Rank(b[i]));
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    // Surrogates stand for code points above every other UTF-16 unit.
    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
