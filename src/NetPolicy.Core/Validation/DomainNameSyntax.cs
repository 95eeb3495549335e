using System.Text.RegularExpressions;

namespace NetPolicy.Validation;

/// <summary>The syntax of domain names in cluster policies (cluster policy specification §2.5).</summary>
internal static partial class DomainNameSyntax
{
    /// <summary>True for a name, or <c>*.</c> and a name. The range <c>A-z</c> is the API's own and takes some punctuation at the start of a label.</summary>
    public static bool IsPattern(string text) => Pattern().IsMatch(text);

    /// <summary>True for a name that can be looked up.</summary>
    public static bool IsName(string text) => IsPattern(text) && !text.StartsWith('*');

    [GeneratedRegex(@"\A(\*\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
