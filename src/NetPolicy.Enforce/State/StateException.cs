namespace NetPolicy.Enforce.State;

/// <summary>What was kept on disk is damaged, of a later version, or cannot be read or written. Nothing of it is used.</summary>
public sealed class StateException : Exception
{
    /// <summary>Creates an empty one.</summary>
    public StateException()
    {
    }

    /// <summary>Creates one that carries only a message.</summary>
    public StateException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one that carries a message and its cause.</summary>
    public StateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
