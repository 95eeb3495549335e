using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetPolicy.Laws.Texts;

/// <summary>Lays JSON out as YAML that people read: blocks outside, one line where a part is short.</summary>
internal static class YamlLayout
{
    private const int LineWidth = 100;

    private static readonly string[] Words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

    private static readonly JsonSerializerOptions Plainly = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonNode node)
    {
        StringBuilder text = new();
        Block(node, text, 0, isItem: false);
        return text.ToString();
    }

    private static void Block(JsonNode node, StringBuilder text, int depth, bool isItem)
    {
        string margin = new(' ', depth * 2);
        bool isFirst = isItem;
        switch (node)
        {
            case JsonObject { Count: > 0 } fields:
                foreach ((string key, JsonNode? value) in fields)
                {
                    text.Append(isFirst ? "" : margin).Append(Scalar(key)).Append(':');
                    isFirst = false;
                    Value(value, text, depth, value is JsonArray ? 0 : 1);
                }

                break;
            case JsonArray { Count: > 0 } items:
                foreach (JsonNode? item in items)
                {
                    text.Append(isFirst ? "" : margin).Append('-');
                    isFirst = false;
                    if (IsShort(item))
                    {
                        text.Append(' ').Append(Flow(item)).Append('\n');
                    }
                    else
                    {
                        text.Append(' ');
                        Block(item!, text, depth + 1, isItem: true);
                    }
                }

                break;
            default:
                text.Append(Flow(node)).Append('\n');
                break;
        }
    }

    private static void Value(JsonNode? value, StringBuilder text, int depth, int indent)
    {
        if (IsShort(value))
        {
            text.Append(' ').Append(Flow(value)).Append('\n');
        }
        else
        {
            text.Append('\n');
            Block(value!, text, depth + indent, isItem: false);
        }
    }

    private static bool IsShort(JsonNode? node) =>
        node is null or JsonValue or JsonObject { Count: 0 } or JsonArray { Count: 0 } || Flow(node).Length <= LineWidth;

    private static string Flow(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject fields => "{" + string.Join(", ", fields.Select(f => Scalar(f.Key) + ": " + Flow(f.Value))) + "}",
        JsonArray items => "[" + string.Join(", ", items.Select(Flow)) + "]",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Scalar(value.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    private static string Scalar(string text) =>
        IsPlain(text) ? text : JsonSerializer.Serialize(text, Plainly);

    private static bool IsPlain(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-' or '_')
        && !Words.Contains(text.ToLower(CultureInfo.InvariantCulture));
}
