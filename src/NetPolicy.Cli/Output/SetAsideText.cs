using System.Text.Json;
using NetPolicy.Collections;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Output;

/// <summary>What an answer left out or isolated; every answer from such documents says it.</summary>
internal static class SetAsideText
{
    public static void Write(TextWriter output, EquatableArray<SetAside> documents)
    {
        foreach (SetAside document in documents)
        {
            output.WriteLine(Paint.Mild($"  {document} ({document.Span})"));
        }
    }

    /// <summary>Writes the field <c>setAside</c>; nothing if there is nothing to tell.</summary>
    public static void Write(Utf8JsonWriter json, EquatableArray<SetAside> documents)
    {
        if (documents.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("setAside");
        foreach (SetAside document in documents)
        {
            json.WriteStartObject();
            if (document.Id is { } id)
            {
                json.WriteString("kind", id.Kind);
                FlowJson.WriteOptional(json, "namespace", id.Namespace);
                json.WriteString("name", id.Name);
            }

            json.WriteString("treatment", Words.Of(document.Treatment));
            FlowJson.WriteOptional(json, "file", document.Span.File);
            if (document.Span.IsKnown)
            {
                json.WriteNumber("line", document.Span.Line);
                json.WriteNumber("column", document.Span.Column);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
