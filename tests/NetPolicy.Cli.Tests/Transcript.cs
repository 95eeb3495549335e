using System.Globalization;
using System.Text;

namespace NetPolicy.Cli.Tests;

/// <summary>
/// A command as it stands in documentation: <c>netpol</c> with arguments in shell quotes, optionally <c>&lt; file</c>, <c>2&gt;&amp;1</c>,
/// and <c>| head -n N</c>, <c>| tail -n N</c>, <c>| grep TEXT</c>.
/// </summary>
internal static class Transcript
{
    /// <summary>What the command prints on standard output; and, with <c>2&gt;&amp;1</c>, before it what it prints on standard error.</summary>
    public static string Run(string command, string? folder = null) => Run(command, folder, out _);

    /// <summary>The same, with the whole result of <c>netpol</c>.</summary>
    public static string Run(string command, string? folder, out NetpolResult result)
    {
        string[] stages = SplitPipe(command);
        List<string> words = Words(stages[0]);
        Assert.True(words.Count > 0 && words[0] == "netpol", $"`{command}` does not start with netpol");
        words.RemoveAt(0);
        bool both = words.Remove("2>&1");
        string input = "";
        int redirect = words.IndexOf("<");
        if (redirect >= 0)
        {
            input = File.ReadAllText(Path.Combine(folder ?? Repository.Root, words[redirect + 1]));
            words.RemoveRange(redirect, 2);
        }

        // The name in usage lines is that of the running program.
        result = words.Exists(w => w is "--help" or "-h") ? Netpol.Start(words) : Netpol.Run(words, input, folder);
        string text = both ? result.Error + result.Output : result.Output;
        foreach (string stage in stages.Skip(1))
        {
            text = Filter(text, Words(stage), command);
        }

        return text;
    }

    private static string Filter(string text, List<string> words, string command)
    {
        List<string> lines = [.. text.Split('\n')];
        if (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        IEnumerable<string> kept = words switch
        {
            ["head", "-n", var n] => lines.Take(int.Parse(n, CultureInfo.InvariantCulture)),
            ["tail", "-n", var n] => lines.TakeLast(int.Parse(n, CultureInfo.InvariantCulture)),
            ["grep", var wanted] => lines.Where(l => l.Contains(wanted, StringComparison.Ordinal)),
            _ => throw new NotSupportedException($"`{string.Join(' ', words)}` in `{command}`: only head -n, tail -n and grep are known"),
        };
        return string.Concat(kept.Select(l => l + "\n"));
    }

    private static string[] SplitPipe(string command)
    {
        List<string> stages = [];
        StringBuilder stage = new();
        char quote = '\0';
        foreach (char c in command)
        {
            if (c == '|' && quote == '\0')
            {
                stages.Add(stage.ToString());
                stage.Clear();
                continue;
            }

            quote = quote == '\0' && c is '\'' or '"' ? c : c == quote ? '\0' : quote;
            stage.Append(c);
        }

        stages.Add(stage.ToString());
        return [.. stages];
    }

    private static List<string> Words(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        char quote = '\0';
        foreach (char c in text)
        {
            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                inWord = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                if (inWord)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (inWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
