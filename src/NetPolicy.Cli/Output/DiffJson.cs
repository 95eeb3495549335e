using System.Text.Json;
using NetPolicy.Analysis;

namespace NetPolicy.Cli.Output;

/// <summary>A comparison in the shape of the contract.</summary>
internal static class DiffJson
{
    public static void Write(Utf8JsonWriter json, SemanticDiff diff)
    {
        json.WriteStartObject();
        WriteBody(json, diff, static (_, _) => { });
        json.WriteEndObject();
    }

    /// <summary>The fields of a comparison.</summary>
    /// <param name="json">Where an object has begun.</param>
    /// <param name="diff">The comparison.</param>
    /// <param name="more">Adds fields to a change.</param>
    public static void WriteBody(Utf8JsonWriter json, SemanticDiff diff, Action<Utf8JsonWriter, ConnectionChange> more)
    {
        ConnectivityJson.WriteGroups(json, diff.Groups);
        json.WriteStartArray("changes");
        foreach (ConnectionChange change in diff.Changes)
        {
            json.WriteStartObject();
            json.WriteString("from", change.From.Id);
            json.WriteString("to", change.To.Id);
            json.WritePropertyName("old");
            ConnectivityJson.WriteTraffic(json, change.Old);
            json.WritePropertyName("new");
            ConnectivityJson.WriteTraffic(json, change.New);
            json.WritePropertyName("witness");
            FlowJson.WriteFlow(json, change.Witness);
            WriteEnds(json, change);
            more(json, change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEnds(Utf8JsonWriter json, ConnectionChange change)
    {
        if (change.Ends.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("ends");
        foreach (EndChange end in change.Ends)
        {
            json.WriteStartObject();
            json.WriteString("end", Words.Of(end.End));
            json.WriteString("old", Words.Of(end.Old));
            json.WriteString("new", Words.Of(end.New));
            json.WritePropertyName("traffic");
            ConnectivityJson.WriteTraffic(json, end.Traffic);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
