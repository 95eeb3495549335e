using System.Text.Json;
using NetPolicy.Analysis;
using NetPolicy.Collections;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Output;

/// <summary>Groups and connections in the shape of the contract.</summary>
internal static class ConnectivityJson
{
    public static void Write(Utf8JsonWriter json, Connectivity matrix, EquatableArray<SetAside> setAside)
    {
        json.WriteStartObject();
        SetAsideText.Write(json, setAside);
        WriteGroups(json, matrix.Groups);
        json.WriteStartArray("connections");
        foreach (Connection connection in matrix.Connections)
        {
            json.WriteStartObject();
            json.WriteString("from", connection.From.Id);
            json.WriteString("to", connection.To.Id);
            json.WritePropertyName("allow");
            WriteTraffic(json, connection.Allow);
            if (connection.Families is { } families)
            {
                json.WriteStartObject("families");
                json.WritePropertyName("IPv4");
                WriteTraffic(json, families.IPv4);
                json.WritePropertyName("IPv6");
                WriteTraffic(json, families.IPv6);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteGroups(Utf8JsonWriter json, IEnumerable<ConnectivityGroup> groups)
    {
        json.WriteStartArray("groups");
        foreach (ConnectivityGroup group in groups)
        {
            json.WriteStartObject();
            json.WriteString("id", group.Id);
            json.WriteStartArray(group.IsOutside ? "addresses" : "members");
            foreach (string member in group.IsOutside ? group.Addresses.Select(a => a.ToString()) : group.Members)
            {
                json.WriteStringValue(member);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteTraffic(Utf8JsonWriter json, AllowedTraffic traffic)
    {
        json.WriteStartObject();
        foreach ((string protocol, string ports) in traffic.ByProtocol)
        {
            json.WriteString(protocol, ports);
        }

        json.WriteEndObject();
    }
}
