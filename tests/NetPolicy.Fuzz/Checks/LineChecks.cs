using System.Text.Json;
using NetPolicy.Cli;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Checks;

/// <summary>JSON Lines, through the command line.</summary>
internal static class LineChecks
{
    private static readonly string s_world = Path.Combine(Seeds.FindRoot(), "samples", "shop");

    public static void Flows(string text) => Run(["eval", "--flows", "-", s_world], text);

    public static void SelectorCases(string text) => Run(["selector", "--cases", "-"], text);

    private static void Run(string[] arguments, string text)
    {
        (TextWriter output, TextWriter error, TextReader input) = (Console.Out, Console.Error, Console.In);
        using StringWriter answers = new() { NewLine = "\n" };
        using StringWriter complaints = new() { NewLine = "\n" };
        using StringReader lines = new(text);
        int code;
        try
        {
            Console.SetOut(answers);
            Console.SetError(complaints);
            Console.SetIn(lines);
            code = CommandLine.Run(arguments);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            Console.SetIn(input);
        }

        Judge(text, code, answers.ToString(), complaints.ToString());
    }

    private static void Judge(string text, int code, string answers, string complaints)
    {
        int asked = text.Split('\n').Count(line => !string.IsNullOrWhiteSpace(line));
        string[] answered = answers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Hold.That(answered.Length == asked, "every line is answered by one line", $"{asked} lines, {answered.Length} answers");
        Hold.That(complaints.Length == 0, "lines are answered on standard output", Hold.Cut(complaints));
        bool hasError = false;
        foreach (string answer in answered)
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            hasError |= document.RootElement.TryGetProperty("error", out _) && !document.RootElement.TryGetProperty("valid", out _);
        }

        Hold.That(code == (hasError ? 2 : 0), "the exit code tells whether every line was answered", $"{code}: {Hold.Cut(answers)}");
    }
}
