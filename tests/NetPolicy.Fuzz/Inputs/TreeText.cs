using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetPolicy.Fuzz.Mutations;
using NetPolicy.Laws;

namespace NetPolicy.Fuzz.Inputs;

/// <summary>Writes trees as text: as JSON, or as YAML in which a scalar here and there is left without quotes.</summary>
internal static class TreeText
{
    private static readonly JsonSerializerOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions s_indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    public static string Json(JsonNode tree, Dice dice) => tree.ToJsonString(dice.Chance(50) ? s_indented : s_compact);

    public static string Yaml(JsonNode tree, Dice dice)
    {
        StringBuilder text = new();
        Block(tree, 0, text, dice);
        return text.ToString();
    }

    private static void Block(JsonNode? node, int depth, StringBuilder text, Dice dice)
    {
        string margin = new(' ', depth * 2);
        switch (node)
        {
            case JsonObject { Count: > 0 } fields when !dice.Chance(5):
                foreach ((string key, JsonNode? value) in fields)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{margin}{Scalar(JsonValue.Create(key), dice)}:");
                    Under(value, depth, text, dice);
                }

                break;
            case JsonArray { Count: > 0 } items when !dice.Chance(5):
                foreach (JsonNode? item in items)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{margin}-");
                    Under(item, depth, text, dice);
                }

                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{margin}{Scalar(node, dice)}\n");
                break;
        }
    }

    private static void Under(JsonNode? value, int depth, StringBuilder text, Dice dice)
    {
        if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
        {
            text.Append('\n');
            Block(value, depth + 1, text, dice);
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $" {Scalar(value, dice)}\n");
        }
    }

    private static string Scalar(JsonNode? node, Dice dice)
    {
        string quoted = node?.ToJsonString(s_compact) ?? "null";
        return dice.Below(200) switch
        {
            0 => Nasty.Scalar(dice),
            < 60 when node is JsonValue value && value.TryGetValue(out string? plain) && plain.Length > 0 && plain.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-' or '_') => plain,
            < 64 => quoted.Replace("\"", "'", StringComparison.Ordinal),
            _ => quoted,
        };
    }
}
