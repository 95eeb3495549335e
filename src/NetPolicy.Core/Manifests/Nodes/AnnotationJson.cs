using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace NetPolicy.Manifests.Nodes;

/// <summary>JSON that an annotation holds.</summary>
internal static class AnnotationJson
{
    /// <summary>An object all of whose names and texts can be read; false if the text is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JsonElement root)
    {
        root = default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text ?? "");
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            ReadTexts(document.RootElement);
            root = document.RootElement.Clone();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter for an escaped half of a character.
            return false;
        }
    }

    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    ReadTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }

                break;
            default:
                break;
        }
    }
}
