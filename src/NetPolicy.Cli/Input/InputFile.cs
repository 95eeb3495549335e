namespace NetPolicy.Cli.Input;

/// <summary>Opens a file that the user named.</summary>
internal static class InputFile
{
    /// <summary>A reader of UTF-8 text.</summary>
    /// <exception cref="UnusableException">There is no such file, or it may not be read.</exception>
    public static StreamReader Open(string name)
    {
        try
        {
            return new StreamReader(name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UnusableException($"cannot read `{name}`: {Reason(name, error)}");
        }
    }

    // The runtime's messages name absolute paths.
    private static string Reason(string name, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => Directory.Exists(name) ? "it is a folder" : "reading is not permitted",
        _ => "reading failed",
    };
}
