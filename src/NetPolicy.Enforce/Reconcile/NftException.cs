using NetPolicy.Diagnostics;

namespace NetPolicy.Enforce;

/// <summary>The machine refused a ruleset, or has a table that is not ours.</summary>
public sealed class NftException : Exception
{
    /// <summary>Creates an empty one.</summary>
    public NftException()
    {
    }

    /// <summary>Creates one that carries only a message.</summary>
    public NftException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one that carries a message and its cause.</summary>
    public NftException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal NftException(Diagnostic finding, Exception? cause = null)
        : base(finding.Message, cause)
    {
        Finding = finding;
    }

    internal NftException(string command, string output, string input)
        : base($"`{command}` failed: {output.Trim()}")
    {
        Command = command;
        Output = output;
        Input = input;
    }

    /// <summary>What was refused as a finding with an id and a help; null if there is none for it.</summary>
    public Diagnostic? Finding { get; }

    /// <summary>The command line; empty if none was run.</summary>
    public string Command { get; } = "";

    /// <summary>What it printed.</summary>
    public string Output { get; } = "";

    /// <summary>What it was given on standard input.</summary>
    public string Input { get; } = "";
}
