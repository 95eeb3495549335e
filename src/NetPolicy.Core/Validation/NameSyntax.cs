namespace NetPolicy.Validation;

/// <summary>
/// The syntax of names, label keys and values, and port names (Kubernetes specification §2.2). Each method yields one sentence per broken rule, none if the text is fine.
/// </summary>
internal static class NameSyntax
{
    public static IEnumerable<string> Label(string text)
    {
        if (text.Length > 63)
        {
            yield return "is longer than 63 characters";
        }

        if (!IsLabel(text))
        {
            yield return IsSubdomain(text)
                ? "contains dots, expected lower-case letters, digits and `-`"
                : "is no name, expected lower-case letters, digits and `-`, with a letter or digit at both ends";
        }
    }

    public static IEnumerable<string> Subdomain(string text)
    {
        if (text.Length > 253)
        {
            yield return "is longer than 253 characters";
        }

        if (!IsSubdomain(text))
        {
            yield return "is no name, expected lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part";
        }
    }

    /// <summary>A key of labels and annotations: <c>[prefix/]name</c>.</summary>
    public static IEnumerable<string> QualifiedName(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && text.AsSpan(slash + 1).Contains('/'))
        {
            yield return "has more than one `/`, expected `prefix/name` or `name`";
            yield break;
        }

        if (slash == 0)
        {
            yield return "has nothing before the `/`, expected a prefix such as `example.com`";
        }
        else if (slash > 0)
        {
            foreach (string fault in Subdomain(text[..slash]))
            {
                yield return "has a prefix that " + fault;
            }
        }

        string name = text[(slash + 1)..];
        if (name.Length == 0)
        {
            yield return "has an empty name";
        }
        else if (name.Length > 63)
        {
            yield return "has a name longer than 63 characters";
        }

        if (!IsValue(name))
        {
            yield return "is no key, expected letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
        }
    }

    public static IEnumerable<string> LabelValue(string text)
    {
        if (text.Length > 63)
        {
            yield return "is longer than 63 characters";
        }

        if (text.Length > 0 && !IsValue(text))
        {
            yield return "is no label value, expected letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
        }
    }

    public static IEnumerable<string> PortName(string text)
    {
        if (text.Length > 15)
        {
            yield return "is longer than 15 characters";
        }

        if (text.Length == 0 || !text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            yield return "is no port name, expected lower-case letters, digits and `-`";
        }

        if (!text.Any(char.IsAsciiLetterLower))
        {
            yield return text.Length > 0 && text.All(char.IsAsciiDigit)
                ? "is text, not a number; expected a port name with at least one letter, or the number without quotes"
                : "has no lower-case letter, expected at least one";
        }

        if (text.Contains("--", StringComparison.Ordinal))
        {
            yield return "has two `-` in a row";
        }

        if (text.StartsWith('-') || text.EndsWith('-'))
        {
            yield return "begins or ends with `-`";
        }
    }

    public static bool IsLabel(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return text.Length > 0 && text[0] != '-' && text[^1] != '-';
    }

    public static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        while (true)
        {
            int dot = text.IndexOf('.');
            if (!IsLabel(dot < 0 ? text : text[..dot]))
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            text = text[(dot + 1)..];
        }
    }

    private static bool IsValue(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]);
    }
}
