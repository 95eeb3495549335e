namespace NetPolicy.Enforce.Simulation;

/// <summary>The ruleset text is not one that the simulator understands, or one that nft itself would refuse.</summary>
public sealed class NftSyntaxException : Exception
{
    /// <summary>Creates the exception with its position (both counted from 1).</summary>
    public NftSyntaxException(int line, int column, string message)
        : base($"{line}:{column}: {message}")
    {
        Line = line;
        Column = column;
    }

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The column, counted from 1.</summary>
    public int Column { get; }
}
