namespace NetPolicy.Enforce.Lab;

/// <summary>The machine refused something the lab asked of it: a command failed, or a system call did.</summary>
public sealed class LabException : Exception
{
    /// <summary>Creates one that carries only a message.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one that carries a message and its cause.</summary>
    public LabException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an empty one.</summary>
    public LabException()
    {
    }

    internal LabException(string command, string output, string input)
        : base($"`{command}` failed: {output.Trim()}")
    {
        Command = command;
        Output = output;
        Input = input;
    }

    /// <summary>The command line or system call; empty if there was none.</summary>
    public string Command { get; } = "";

    /// <summary>What it printed, both streams.</summary>
    public string Output { get; } = "";

    /// <summary>What it was given on standard input.</summary>
    public string Input { get; } = "";
}
