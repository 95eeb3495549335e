using System.Globalization;
using System.Text;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Writes nodes as block-style YAML; lists stand under their key without further indentation, as kubectl prints them.</summary>
internal static class YamlText
{
    public static void Write(ManifestNode node, TextWriter writer)
    {
        if (IsBlock(node))
        {
            WriteBlock(node, 0, isInline: false, writer);
        }
        else
        {
            WriteFlow(node, writer);
            writer.Write('\n');
        }
    }

    // Writes the lines of a block; `isInline` means that the first one continues a line that is already indented.
    private static void WriteBlock(ManifestNode node, int indent, bool isInline, TextWriter writer)
    {
        if (node is MappingNode mapping)
        {
            foreach (MappingEntry entry in mapping.Entries)
            {
                Indent(isInline ? 0 : indent, writer);
                isInline = false;
                WriteKey(Scalar(entry.Key, isKey: true), indent, writer);
                WriteValue(entry.Value, entry.Value is SequenceNode ? indent : indent + 2, writer);
            }
        }
        else
        {
            foreach (ManifestNode item in ((SequenceNode)node).Items)
            {
                Indent(isInline ? 0 : indent, writer);
                isInline = false;
                writer.Write("- ");
                if (IsBlock(item))
                {
                    WriteBlock(item, indent + 2, isInline: true, writer);
                }
                else
                {
                    WriteFlow(item, writer);
                    writer.Write('\n');
                }
            }
        }
    }

    // YAML ends a key without `?` after 1024 characters.
    private static void WriteKey(string key, int indent, TextWriter writer)
    {
        if (key.Length > 1000)
        {
            writer.Write("? ");
            writer.Write(key);
            writer.Write('\n');
            Indent(indent, writer);
        }
        else
        {
            writer.Write(key);
        }

        writer.Write(':');
    }

    private static void WriteValue(ManifestNode value, int indent, TextWriter writer)
    {
        if (IsBlock(value))
        {
            writer.Write('\n');
            WriteBlock(value, indent, isInline: false, writer);
        }
        else
        {
            writer.Write(' ');
            WriteFlow(value, writer);
            writer.Write('\n');
        }
    }

    private static bool IsBlock(ManifestNode node) => node is MappingNode { Entries.Count: > 0 } or SequenceNode { Items.Count: > 0 };

    private static void WriteFlow(ManifestNode node, TextWriter writer) => writer.Write(node switch
    {
        MappingNode => "{}",
        SequenceNode => "[]",
        ScalarNode { Kind: ScalarKind.Text } text => Scalar(text.Text, isKey: false),
        ScalarNode scalar => scalar.Text,
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    });

    private static void Indent(int width, TextWriter writer)
    {
        for (int i = 0; i < width; i++)
        {
            writer.Write(' ');
        }
    }

    /// <summary>Text as a YAML scalar: plain where every YAML reader takes it for text, otherwise in double quotes.</summary>
    internal static string Scalar(string text, bool isKey) => IsPlain(text, isKey) ? text : Quote(text);

    private static bool IsPlain(string text, bool isKey)
    {
        if (text.Length == 0 || text.Length > (isKey ? 256 : 4096) || text[0] == ' ' || text[^1] is ' ' or ':' || LooksTyped(text))
        {
            return false;
        }

        if ("-?:,[]{}#&*!|>'\"%@`".Contains(text[0], StringComparison.Ordinal))
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            char next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (c is < ' ' or > '~' || (c == ':' && next == ' ') || (c == ' ' && next == '#'))
            {
                return false;
            }
        }

        return !text.StartsWith("---", StringComparison.Ordinal) && !text.StartsWith("...", StringComparison.Ordinal);
    }

    // Whatever some YAML version reads as another type: words, numbers in any notation, times, sexagesimal numbers, merge keys.
    private static bool LooksTyped(string text)
    {
        if (YamlScalar.Resolve(text, out _) != ScalarKind.Text || text is "<<" or "=")
        {
            return true;
        }

        return (char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.') && IsNumberLike(text);
    }

    private static bool IsNumberLike(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not ('+' or '-' or '.' or ':' or '_' or 'x' or 'X' or 'o' or 'O' or 'T' or 't' or 'Z' or 'z' or ' '))
            {
                return false;
            }
        }

        // `10.0.0.1` and `8080:9090` are fields' everyday values; only one of them is no number anywhere.
        return !IsDotted(text);
    }

    private static bool IsDotted(string text) => text.Count(c => c == '.') > 1 && !text.Contains(':', StringComparison.Ordinal);

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '"':
                    quoted.Append("\\\"");
                    break;
                case '\\':
                    quoted.Append("\\\\");
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                case '\r':
                    quoted.Append("\\r");
                    break;
                default:
                    AppendCharacter(quoted, text, ref i);
                    break;
            }
        }

        return quoted.Append('"').ToString();
    }

    // Letters of any script stay; what a terminal or an editor would not show is escaped.
    private static void AppendCharacter(StringBuilder quoted, string text, ref int i)
    {
        char c = text[i];
        if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
        {
            quoted.Append(c).Append(text[++i]);
        }
        else if (c is < ' ' or (>= '\u007F' and <= '\u00A0') || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator && c != ' ' || c >= '\uFFFE')
        {
            quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }
        else
        {
            quoted.Append(c);
        }
    }
}
