using NetPolicy.Fuzz.Checks;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>One reading of an input.</summary>
public static class Attempt
{
    /// <summary>What an input breaks: a kind and what was seen; null if it breaks nothing.</summary>
    public static (string Kind, string Message)? Try(FuzzInput input)
    {
        try
        {
            InputChecks.Run(input);
            return null;
        }
        catch (BrokenException broken)
        {
            return (broken.Law, broken.Message);
        }
#pragma warning disable CA1031 // Whatever escapes the product is what is looked for.
        catch (Exception escaped)
#pragma warning restore CA1031
        {
            return ($"{escaped.GetType().Name} {Origin(escaped)}", escaped.ToString());
        }
    }

    private static string Origin(Exception escaped)
    {
        string[] frames = [.. (escaped.StackTrace ?? "").Split('\n').Select(frame => frame.Trim())];
        string frame = frames.FirstOrDefault(f => f.StartsWith("at NetPolicy.", StringComparison.Ordinal) && !f.StartsWith("at NetPolicy.Fuzz.", StringComparison.Ordinal)) ?? frames[0];
        int end = frame.IndexOf('(', StringComparison.Ordinal);
        return end < 0 ? frame : frame[..end];
    }
}
