using System.Buffers;
using System.Globalization;
using System.Text;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>C# literals and names.</summary>
internal static class CSharpText
{
    /// <summary>Stands between the operands of a union until it is known whether they fit one line.</summary>
    public const char Or = '\u0001';

    private const int WidestRule = 120;
    private const string RuleIndent = "            ";

    // Line ends of C# other than LF, each of which would cut a raw literal into lines.
    private static readonly SearchValues<char> s_lineEnds = SearchValues.Create("\r\u0085\u2028\u2029\f\v");

    // Reserved words that a class, namespace or member in C# spelling could meet: all begin with a small letter, so only given names can.
    private static readonly string[] s_keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate",
        "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in",
        "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private",
        "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this",
        "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    /// <summary>True if the text can name a C# class or member: an ASCII identifier that is no keyword.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !s_keywords.Contains(text);

    /// <summary>The text as a name in C# spelling: <c>release-agent</c> becomes <c>ReleaseAgent</c>.</summary>
    public static string Pascal(string text)
    {
        StringBuilder name = new();
        bool first = true;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                first = true;
                continue;
            }

            name.Append(name.Length == 0 && char.IsAsciiDigit(c) ? "N" : "").Append(first ? char.ToUpperInvariant(c) : c);
            first = false;
        }

        return name.Length == 0 ? "Unnamed" : name.ToString();
    }

    /// <summary>A string literal on one line.</summary>
    public static string Literal(string text)
    {
        StringBuilder literal = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => literal.Append("\\\""),
                '\\' => literal.Append("\\\\"),
                '\n' => literal.Append("\\n"),
                '\r' => literal.Append("\\r"),
                '\t' => literal.Append("\\t"),
                < ' ' or (>= '\u007F' and < '\u00A0') or '\u2028' or '\u2029' or (>= '\uD800' and <= '\uDFFF') or '\uFEFF' =>
                    literal.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)),
                _ => literal.Append(c),
            };
        }

        return literal.Append('"').ToString();
    }

    /// <summary>Literals separated by commas.</summary>
    public static string Literals(IEnumerable<string> texts) => string.Join(", ", texts.Select(Literal));

    /// <summary>A number as C# writes it.</summary>
    public static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A raw string literal of lines, indented; a text that could not stand in one is an ordinary literal.</summary>
    public static string Lines(string text, string indent)
    {
        if (text.AsSpan().ContainsAny(s_lineEnds) || !text.EndsWith('\n'))
        {
            return Literal(text);
        }

        int quotes = 3, run = 0;
        foreach (char c in text)
        {
            run = c == '"' ? run + 1 : 0;
            quotes = Math.Max(quotes, run + 1);
        }

        string delimiter = new('"', quotes);
        StringBuilder literal = new(delimiter);
        foreach (string line in text[..^1].Split('\n'))
        {
            literal.Append('\n').Append(line.Length == 0 ? "" : indent).Append(line);
        }

        // The last line end of a raw literal is not part of it; YAML does not miss it.
        return literal.Append('\n').Append(indent).Append(delimiter).ToString();
    }

    /// <summary>A sentence: on one line if it has one short rule, otherwise a line for each rule.</summary>
    public static string Sentence(string head, IReadOnlyList<string> rules, string tail)
    {
        string flat = Flat($"{head}{string.Concat(rules)}{tail}");
        if (rules.Count <= 1 && flat.Length <= WidestRule)
        {
            return flat;
        }

        StringBuilder text = new(Flat(head));
        foreach (string rule in rules)
        {
            string line = Flat(rule);
            text.Append('\n').Append(RuleIndent).Append(line.Length <= WidestRule ? line : rule.Replace(Or.ToString(), $"\n{RuleIndent}    | ", StringComparison.Ordinal));
        }

        return text.Append(tail.Length == 0 ? "" : $"\n{RuleIndent}{tail}").ToString();
    }

    /// <summary>The text with its unions on one line.</summary>
    public static string Flat(string text) => text.Replace(Or.ToString(), " | ", StringComparison.Ordinal);

    /// <summary>The union of several operands.</summary>
    public static string Union(EquatableArray<string> operands) => string.Join(Or, operands);
}
