using System.CommandLine;
using System.Text.Json;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Collections;
using NetPolicy.Labels;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol selector</c>: canonical form, unique id and matches of a Calico selector.</summary>
internal static class SelectorCommand
{
    private static readonly string[] Fields = ["id", "selector", "labels", "prefix"];

    public static Command Create()
    {
        Option<string?> cases = new("--cases") { Description = "JSON Lines of selectors; answered as JSON Lines. - is standard input." };
        Option<string> output = CommonOptions.Output("text", "json");
        Argument<string?> selector = new("TEXT") { Description = "The selector.", Arity = ArgumentArity.ZeroOrOne };
        Argument<string[]> labels = new("key=value") { Description = "Labels to test it against.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("selector", "Reads a Calico selector: its canonical form, its unique id, and whether it matches labels.")
        {
            cases, output, selector, labels,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(cases) is { } file)
            {
                if (parsed.GetValue(selector) is not null)
                {
                    throw new UnusableException("give a selector or --cases FILE, not both");
                }

                return AnswerAll(file);
            }

            string text = parsed.GetValue(selector) ?? throw new UnusableException("give a selector, or --cases FILE");
            return Answer(text, parsed.GetValue(labels) ?? [], parsed.GetValue(output)!);
        });
        return command;
    }

    private static int Answer(string text, string[] labels, string output)
    {
        LabelSet? set = labels.Length == 0 ? null : new LabelSet(new EquatableMap<string>(labels.Select(ReadLabel)));
        bool isValid = Selector.TryParse(text, out Selector? selector, out SelectorError? error);
        if (output == "json")
        {
            Json.WriteLine(json => Write(json, null, selector, set, error));
        }
        else if (selector is null)
        {
            Console.Error.WriteLine($"netpol: {error!.Message}");
            WriteExcerpt(text, error.Position);
        }
        else
        {
            Console.Out.WriteLine(selector);
            Console.Out.WriteLine(selector.UniqueId());
            if (set is { } labelSet)
            {
                Console.Out.WriteLine(selector.Matches(labelSet) ? "matches" : "does not match");
            }
        }

        return !isValid ? ExitCode.Unusable : set is { } tested && !selector!.Matches(tested) ? ExitCode.Findings : ExitCode.Fine;
    }

    private static void WriteExcerpt(string text, int position)
    {
        const int Around = 60;
        int start = Math.Max(0, position - Around);
        string excerpt = text[start..Math.Min(text.Length, position + Around)];
        Console.Error.WriteLine($"  {new string([.. excerpt.Select(c => char.IsControl(c) ? ' ' : c)])}");
        Console.Error.WriteLine($"  {new string(' ', position - start)}^");
    }

    private static int AnswerAll(string file)
    {
        using StreamReader? opened = file == "-" ? null : InputFile.Open(file);
        BoundedLines lines = new(opened ?? Console.In);
        bool answeredAll = true;
        while (lines.Next(out bool isTooLong) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                answeredAll &= TryAnswer(line, isTooLong);
            }
        }

        return answeredAll ? ExitCode.Fine : ExitCode.Unusable;
    }

    private static bool TryAnswer(string line, bool isTooLong)
    {
        string? id = null;
        try
        {
            using JsonDocument document = JsonLine.Parse(line, isTooLong, "a selector", Fields, out id);
            JsonElement root = document.RootElement;
            string text = JsonLine.Text(root, "selector") ?? throw new UnusableException("`selector` is missing");
            LabelSet? labels = root.TryGetProperty("labels", out JsonElement written) && written.ValueKind != JsonValueKind.Null ? ReadLabels(written) : null;
            string? prefix = JsonLine.Text(root, "prefix");
            if (Selector.TryParse(text, out Selector? selector, out SelectorError? error) && !string.IsNullOrEmpty(prefix))
            {
                selector = selector.WithPrefix(prefix);
            }

            Json.WriteLine(json => Write(json, id, selector, labels, error));
            return true;
        }
        catch (UnusableException error)
        {
            Json.WriteLine(json => FlowJson.WriteError(json, id, error.Message));
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, string? id, Selector? selector, LabelSet? labels, SelectorError? error)
    {
        json.WriteStartObject();
        FlowJson.WriteOptional(json, "id", id);
        json.WriteBoolean("valid", selector is not null);
        if (selector is not null)
        {
            json.WriteString("canonical", selector.ToString());
            json.WriteString("uid", selector.UniqueId());
            if (labels is { } set)
            {
                json.WriteBoolean("matches", selector.Matches(set));
            }
        }
        else
        {
            json.WriteString("error", error!.Message);
            json.WriteNumber("position", error.Position);
        }

        json.WriteEndObject();
    }

    private static LabelSet ReadLabels(JsonElement labels) =>
        labels.ValueKind != JsonValueKind.Object
            ? throw new UnusableException("`labels` is not an object")
            : new LabelSet(new EquatableMap<string>(labels.EnumerateObject().Select(label =>
                new KeyValuePair<string, string>(label.Name, JsonLine.Text(labels, label.Name) ?? ""))));

    private static KeyValuePair<string, string> ReadLabel(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new(text[..equals], text[(equals + 1)..])
            : throw new UnusableException($"`{text}` is not a label, expected key=value");
    }
}
