using System.Text.RegularExpressions;

namespace NetPolicy.Cli.Input;

/// <summary>What the parser of the command line complains about, in our words.</summary>
internal static partial class UsageErrors
{
    /// <summary>One line: what was found, then what was expected.</summary>
    public static string Say(string message)
    {
        if (message == "Required command was not provided.")
        {
            return "no command was given";
        }

        if (Unrecognized().Match(message) is { Success: true } unknown)
        {
            return $"`{unknown.Groups[1].Value}` is no command, option or argument that fits here";
        }

        if (NotAmong().Match(message) is { Success: true } other)
        {
            return $"`{other.Groups[1].Value}` is not a choice, expected {string.Join(" or ", Quoted().Matches(other.Groups[2].Value).Select(m => $"`{m.Groups[1].Value}`"))}";
        }

        if (WrongType().Match(message) is { Success: true } wrong)
        {
            return $"{wrong.Groups[2].Value} `{wrong.Groups[1].Value}` is not a whole number";
        }

        if (MissingArgument().Match(message) is { Success: true } missing)
        {
            return $"`{missing.Groups[1].Value}` lacks what it works on";
        }

        return message.ReplaceLineEndings(" ").TrimEnd('.');
    }

    [GeneratedRegex("^Unrecognized command or argument '(.*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex Unrecognized();

    [GeneratedRegex("^Argument '(.*)' not recognized\\. Must be one of:(.*)$", RegexOptions.Singleline)]
    private static partial Regex NotAmong();

    [GeneratedRegex("'([^'\\n]*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("^Cannot parse argument '(.*)' for option '(.*)' as expected type '.*Int32.*'\\.", RegexOptions.Singleline)]
    private static partial Regex WrongType();

    [GeneratedRegex("^Required argument missing for (?:command|option): '(.*)'\\.$")]
    private static partial Regex MissingArgument();
}
