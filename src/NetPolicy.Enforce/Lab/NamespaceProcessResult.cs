namespace NetPolicy.Enforce.Lab;

/// <summary>How a program that ran in a namespace ended.</summary>
/// <param name="Command">The command line.</param>
/// <param name="ExitCode">Its exit code; 128 and the signal if one ended it.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="Input">What it was given on standard input.</param>
public sealed record NamespaceProcessResult(string Command, int ExitCode, string Output, string Error, string Input)
{
    /// <summary>Returns this, or throws if the exit code is not zero.</summary>
    /// <exception cref="LabException">With the command, its output and its input.</exception>
    public NamespaceProcessResult ThrowIfFailed() =>
        ExitCode == 0 ? this : throw new LabException(Command, Error + Output, Input);
}
