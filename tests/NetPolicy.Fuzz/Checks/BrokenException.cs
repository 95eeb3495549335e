namespace NetPolicy.Fuzz.Checks;

/// <summary>A law that an input breaks. <paramref name="law"/> tells kinds of findings apart; the message says what was seen.</summary>
public sealed class BrokenException(string law, string message) : Exception($"{law}: {message}")
{
    /// <summary>The law, always in the same words.</summary>
    public string Law => law;
}
