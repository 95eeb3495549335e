namespace NetPolicy.Fuzz.Checks;

/// <summary>States laws.</summary>
internal static class Hold
{
    public static void That(bool holds, string law, string seen)
    {
        if (!holds)
        {
            throw new BrokenException(law, seen);
        }
    }

    public static string Cut(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
