using System.Text.Json;

namespace NetPolicy.Cli.Input;

/// <summary>One line of JSON Lines that somebody wrote.</summary>
internal static class JsonLine
{
    /// <summary>The line as an object with known fields, none twice; the id is returned even if something else is wrong.</summary>
    /// <exception cref="UnusableException">The line is too long, not JSON, not an object, or has a field it cannot have.</exception>
    public static JsonDocument Parse(string line, bool isTooLong, string what, IReadOnlyCollection<string> fields, out string? id)
    {
        id = null;
        if (isTooLong)
        {
            throw new UnusableException($"the line is longer than {BoundedLines.MaxLength} characters");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException error)
        {
            throw new UnusableException($"not JSON from character {(error.BytePositionInLine ?? 0) + 1} on");
        }

        try
        {
            CheckText(document.RootElement);
            CheckFields(document.RootElement, what, fields, out id);
            return document;
        }
        catch (UnusableException)
        {
            document.Dispose();
            throw;
        }
    }

    /// <summary>A field of text; null if it is absent or null.</summary>
    /// <exception cref="UnusableException">It is something else.</exception>
    public static string? Text(JsonElement root, string name) =>
        !root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new UnusableException($"`{name}` is not text");

    // JSON may escape halves of characters, which are no text.
    private static void CheckText(JsonElement element)
    {
        try
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    _ = element.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (JsonElement item in element.EnumerateArray())
                    {
                        CheckText(item);
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (JsonProperty property in element.EnumerateObject())
                    {
                        _ = property.Name;
                        CheckText(property.Value);
                    }

                    break;
                default:
                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw new UnusableException("text holds an escape that is no character");
        }
    }

    private static void CheckFields(JsonElement root, string what, IReadOnlyCollection<string> fields, out string? id)
    {
        id = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new UnusableException($"{what} is a JSON object");
        }

        if (root.TryGetProperty("id", out JsonElement identity) && identity.ValueKind != JsonValueKind.Null)
        {
            id = identity.ValueKind == JsonValueKind.String ? identity.GetString() : identity.GetRawText();
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!fields.Contains(property.Name))
            {
                throw new UnusableException($"unknown field `{property.Name}`, expected one of {string.Join(", ", fields.Select(f => $"`{f}`"))}");
            }

            if (!seen.Add(property.Name))
            {
                throw new UnusableException($"field `{property.Name}` is written twice");
            }
        }
    }
}
