using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Writes nodes as indented JSON with LF line ends.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        // Not embedded in HTML: selectors keep their quotes and ampersands.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(ManifestNode node, TextWriter writer)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            Write(node, json);
        }

        writer.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        writer.Write('\n');
    }

    private static void Write(ManifestNode node, Utf8JsonWriter json)
    {
        switch (node)
        {
            case MappingNode mapping:
                json.WriteStartObject();
                foreach (MappingEntry entry in mapping.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(entry.Value, json);
                }

                json.WriteEndObject();
                break;
            case SequenceNode sequence:
                json.WriteStartArray();
                foreach (ManifestNode item in sequence.Items)
                {
                    Write(item, json);
                }

                json.WriteEndArray();
                break;
            case ScalarNode { Kind: ScalarKind.Text } scalar:
                json.WriteStringValue(scalar.Text);
                break;
            case ScalarNode { Kind: ScalarKind.Boolean } scalar:
                json.WriteBooleanValue(scalar.Number != 0);
                break;
            case ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Float } scalar:
                json.WriteRawValue(NumberText.Format(scalar.Number));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
