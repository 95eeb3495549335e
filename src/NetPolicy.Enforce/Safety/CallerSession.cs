using System.Globalization;

namespace NetPolicy.Enforce.Safety;

/// <summary>Finds the SSH session that this process was started from.</summary>
public static class CallerSession
{
    private const string Variable = "SSH_CONNECTION";
    private const int MaximumAncestors = 64;

    /// <summary>
    /// <c>SSH_CONNECTION</c> of this process, or of the nearest ancestor that has it: <c>sudo</c> does not pass it on. Null if none has, or none may be looked at.
    /// </summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } own)
        {
            return own;
        }

        string process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        for (int generation = 0; generation < MaximumAncestors; generation++)
        {
            try
            {
                string stat = File.ReadAllText($"/proc/{process}/stat");
                process = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
                if (process is "0" or "1")
                {
                    return null;
                }

                foreach (string setting in File.ReadAllText($"/proc/{process}/environ").Split('\0'))
                {
                    if (setting.StartsWith(Variable + "=", StringComparison.Ordinal))
                    {
                        return setting[(Variable.Length + 1)..];
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        return null;
    }
}
