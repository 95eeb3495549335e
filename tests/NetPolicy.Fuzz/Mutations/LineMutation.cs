using System.Text;
using NetPolicy.Laws;

namespace NetPolicy.Fuzz.Mutations;

/// <summary>Changes YAML as people and templates break it: lines, blocks, keys, scalars, indentation, line ends.</summary>
public static class LineMutation
{
    private const int LargestText = 2 << 20;

    /// <summary>A few changes.</summary>
    /// <param name="text">What to change.</param>
    /// <param name="other">Where blocks may come from.</param>
    /// <param name="dice">The choices.</param>
    public static string Apply(string text, string other, Dice dice)
    {
        List<string> lines = [.. text.Split('\n')];
        string[] others = other.Split('\n');
        for (int i = dice.Weighted((6, 1), (4, 2), (2, 4), (1, 10)); i > 0; i--)
        {
            ApplyOne(lines, others, dice);
        }

        string end = dice.Weighted((40, "\n"), (2, "\r\n"), (2, "\r"), (1, "\n\n"), (1, " \n"));
        string changed = string.Join(end, lines);
        return dice.Below(60) switch { 0 => "\uFEFF" + changed, 1 => changed.TrimEnd(), 2 => "---\n" + changed, 3 => changed + "\n...\n", _ => changed };
    }

    private static void ApplyOne(List<string> lines, string[] others, Dice dice)
    {
        int at = dice.Below(lines.Count);
        int end = EndOfBlock(lines, at);
        switch (dice.Below(13))
        {
            case 0:
                lines.RemoveRange(at, 1);
                break;
            case 1:
                lines.Insert(at, lines[at]);
                break;
            case 2:
                int swapped = dice.Below(lines.Count);
                (lines[at], lines[swapped]) = (lines[swapped], lines[at]);
                break;
            case 3:
                lines[at] = dice.Chance(50) ? new string(' ', dice.Pick(1, 2, 4, 7)) + lines[at] : dice.Chance(80) && lines[at].StartsWith(' ') ? lines[at][1..] : "\t" + lines[at];
                break;
            case 4:
                lines.RemoveRange(at, end - at);
                break;
            case 5:
                Repeat(lines, at, end, dice.Weighted((60, 1), (20, 3), (5, 40), (1, 3_000)));
                break;
            case 6:
                List<string> block = lines.GetRange(at, end - at);
                lines.RemoveRange(at, end - at);
                lines.InsertRange(dice.Below(lines.Count + 1), block);
                break;
            case 7 or 8:
                ChangeScalar(lines, at, dice);
                break;
            case 9:
                ChangeKey(lines, at, dice);
                break;
            case 10:
                lines.Insert(at, new string(' ', Indentation(lines[at])) + $"{Nasty.Key(dice)}: {Nasty.Scalar(dice)}");
                break;
            case 11:
                Deepen(lines, at, end, dice);
                break;
            default:
                int from = dice.Below(others.Length);
                int until = EndOfBlock(others, from);
                int shift = Indentation(lines[at]) - Indentation(others[from]);
                lines.InsertRange(at, others[from..until].Select(line => shift > 0 ? new string(' ', shift) + line : line[Math.Min(-shift, Indentation(line))..]));
                break;
        }

        if (lines.Count == 0)
        {
            lines.Add("");
        }
    }

    private static void Repeat(List<string> lines, int at, int end, int times)
    {
        List<string> block = lines.GetRange(at, end - at);
        int size = block.Sum(line => line.Length + 1);
        List<string> copies = [];
        for (int i = Math.Min(times, LargestText / Math.Max(1, size)); i > 0; i--)
        {
            copies.AddRange(block);
        }

        lines.InsertRange(at, copies);
    }

    private static void ChangeScalar(List<string> lines, int at, Dice dice)
    {
        string line = lines[at];
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        int dash = line.IndexOf("- ", StringComparison.Ordinal);
        if (colon >= 0 && colon + 1 <= line.Length)
        {
            lines[at] = $"{line[..colon]}: {Nasty.For(KeyOf(line), dice)}";
        }
        else if (dash >= 0)
        {
            lines[at] = line[..(dash + 2)] + Nasty.For(KeyAbove(lines, at), dice);
        }
        else
        {
            lines[at] = line + Nasty.Scalar(dice);
        }
    }

    private static void ChangeKey(List<string> lines, int at, Dice dice)
    {
        string line = lines[at];
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        int start = line.Length - line.TrimStart(' ', '-').Length;
        if (colon > start)
        {
            lines[at] = string.Concat(line.AsSpan(0, start), dice.Chance(70) ? Nasty.Key(dice) : Nasty.Scalar(dice), line.AsSpan(colon));
        }
    }

    private static void Deepen(List<string> lines, int at, int end, Dice dice)
    {
        int levels = dice.Weighted((6, 1), (3, 5), (1, 70));
        string margin = new(' ', Indentation(lines[at]));
        for (int i = at; i < end; i++)
        {
            lines[i] = new string(' ', levels) + lines[i];
        }

        StringBuilder above = new();
        bool isList = dice.Chance(40);
        for (int i = 0; i < levels; i++)
        {
            lines.Insert(at + i, margin + new string(' ', i) + (isList ? "-" : Nasty.Key(dice) + ":"));
        }
    }

    private static string KeyOf(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return line[..colon].Trim(' ', '-', '"', '\'', '{', '[');
    }

    private static string KeyAbove(List<string> lines, int at)
    {
        for (int i = at; i >= 0; i--)
        {
            if (lines[i].Contains(':', StringComparison.Ordinal))
            {
                return KeyOf(lines[i]);
            }
        }

        return "";
    }

    private static int EndOfBlock(IReadOnlyList<string> lines, int at)
    {
        int depth = Indentation(lines[at]);
        int end = at + 1;
        while (end < lines.Count && lines[end].Length > 0 && Indentation(lines[end]) > depth)
        {
            end++;
        }

        return end;
    }

    private static int Indentation(string line) => line.Length - line.TrimStart(' ').Length;
}
