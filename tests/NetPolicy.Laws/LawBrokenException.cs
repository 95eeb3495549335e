namespace NetPolicy.Laws;

/// <summary>A law does not hold; the message shows the smallest case found.</summary>
public sealed class LawBrokenException : Exception
{
    /// <summary>Without a word.</summary>
    public LawBrokenException()
    {
    }

    /// <summary>With the case.</summary>
    public LawBrokenException(string message)
        : base(message)
    {
    }

    /// <summary>With the case and what caused it.</summary>
    public LawBrokenException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
