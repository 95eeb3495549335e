using System.Text.Json;

namespace NetPolicy.Cli.Tests;

/// <summary>What one run of <c>netpol</c> printed and how it ended.</summary>
internal sealed record NetpolResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => Parse(Output);

    public IReadOnlyList<JsonElement> JsonLines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    public override string ToString() => $"exit {ExitCode}\n{Output}{(Error.Length > 0 ? "error output:\n" + Error : "")}";

    private static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
