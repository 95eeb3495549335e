using System.Text;
using System.Text.RegularExpressions;

namespace NetPolicy.Cli.Tests.Docs;

/// <summary>A Markdown file: its anchors, links and fenced blocks.</summary>
internal sealed partial class MarkdownPage
{
    private readonly List<string> _lines;

    private MarkdownPage(string path, string text)
    {
        Path = path;
        _lines = [.. text.Split('\n')];
        Blocks = [.. ReadBlocks()];
    }

    /// <summary>Relative to the repository's root.</summary>
    public string Path { get; }

    public IReadOnlyList<MarkdownBlock> Blocks { get; private set; }

    /// <summary>Lines outside fenced blocks, with inline code blanked; zero-based line number and text.</summary>
    public IEnumerable<(int Line, string Text)> Prose()
    {
        for (int i = 0; i < _lines.Count; i++)
        {
            if (!Blocks.Any(b => b.Line <= i && i <= b.End))
            {
                yield return (i, InlineCode().Replace(_lines[i], m => new string(' ', m.Length)));
            }
        }
    }

    public static MarkdownPage Read(string path) => new(path, File.ReadAllText(Repository.PathOf(path)));

    public static IReadOnlyList<MarkdownPage> All() => [.. Repository.Files(".md").Select(Read)];

    public string TextOf() => string.Join('\n', _lines);

    /// <summary>Targets of links and images.</summary>
    public IEnumerable<(int Line, string Target)> Links() =>
        Prose().SelectMany(line => Link().Matches(line.Text).Select(m => (line.Line, m.Groups[1].Value)));

    /// <summary>API references, <c>&lt;xref:Name&gt;</c>.</summary>
    public IEnumerable<(int Line, string Name)> References() =>
        Prose().SelectMany(line => Reference().Matches(line.Text).Select(m => (line.Line, m.Groups[1].Value)));

    /// <summary>The anchors that headings make, as forges make them.</summary>
    public IReadOnlySet<string> Anchors()
    {
        HashSet<string> anchors = new(StringComparer.Ordinal);
        foreach ((int line, _) in Prose())
        {
            if (Heading().Match(_lines[line]) is { Success: true } heading)
            {
                string anchor = AnchorOf(heading.Groups[1].Value);
                string unique = anchor;
                for (int n = 1; !anchors.Add(unique); n++)
                {
                    unique = $"{anchor}-{n}";
                }
            }
        }

        return anchors;
    }

    /// <summary>Replaces the content of a block and writes the file.</summary>
    public void Replace(MarkdownBlock block, string text)
    {
        _lines.RemoveRange(block.Line + 1, block.End - block.Line - 1);
        _lines.InsertRange(block.Line + 1, text.TrimEnd('\n').Split('\n'));
        File.WriteAllText(Repository.PathOf(Path), TextOf());
        Blocks = [.. ReadBlocks()];
    }

    private static string AnchorOf(string heading)
    {
        StringBuilder anchor = new();
        foreach (char c in LinkText().Replace(heading, "$1").Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_')
            {
                anchor.Append(c);
            }
            else if (c == ' ')
            {
                anchor.Append('-');
            }
        }

        return anchor.ToString();
    }

    private IEnumerable<MarkdownBlock> ReadBlocks()
    {
        for (int i = 0; i < _lines.Count; i++)
        {
            if (Fence().Match(_lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            int end = i + 1;
            while (end < _lines.Count && _lines[end].Trim() != fence.Groups[1].Value)
            {
                end++;
            }

            yield return new(i, end, fence.Groups[2].Value.Trim(), MarkerBefore(i), string.Concat(_lines[(i + 1)..Math.Min(end, _lines.Count)].Select(l => l + "\n")));
            i = end;
        }
    }

    private string MarkerBefore(int line)
    {
        int before = line - 1;
        if (before >= 0 && _lines[before].Trim().Length == 0)
        {
            before--;
        }

        return before >= 0 && Comment().Match(_lines[before]) is { Success: true } comment ? comment.Groups[1].Value.Trim() : "";
    }

    [GeneratedRegex(@"^\s*(```+|~~~+)(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\s*<!--(.*)-->\s*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^#{1,6}\s+(.*?)\s*#*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"\]\(\s*<?([^)\s>]+)>?(?:\s+""[^""]*"")?\s*\)")]
    private static partial Regex Link();

    [GeneratedRegex("<xref:([^>]+)>")]
    private static partial Regex Reference();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();
}
