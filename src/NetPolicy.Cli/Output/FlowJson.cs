using System.Text.Json;
using NetPolicy.Cli.Input;
using NetPolicy.Engine;
using NetPolicy.Policies;

namespace NetPolicy.Cli.Output;

/// <summary>Flows and answers in the shapes of the command line's contract.</summary>
internal static class FlowJson
{
    /// <summary>Reads one line of <c>eval --flows</c>; the id is returned even if the flow cannot be used.</summary>
    /// <exception cref="UnusableException">The line is not JSON, or a field has another type.</exception>
    public static FlowRequest Read(string line, bool isTooLong, out string? id)
    {
        using JsonDocument document = JsonLine.Parse(line, isTooLong, "a flow", Fields, out id);
        JsonElement root = document.RootElement;
        return new FlowRequest
        {
            From = JsonLine.Text(root, "from") ?? throw new UnusableException("`from` is missing"),
            To = JsonLine.Text(root, "to") ?? throw new UnusableException("`to` is missing"),
            Protocol = TextOrNumber(root, "protocol"),
            Port = Number(root, "port"),
            SourcePort = Number(root, "sourcePort"),
            IcmpType = Number(root, "icmpType"),
            IcmpCode = Number(root, "icmpCode"),
            IpFamily = TextOrNumber(root, "ipFamily"),
            OutInterface = JsonLine.Text(root, "outInterface"),
            InInterface = JsonLine.Text(root, "inInterface"),
            HttpMethod = JsonLine.Text(root, "httpMethod"),
            HttpPath = JsonLine.Text(root, "httpPath"),
        };
    }

    private static readonly string[] Fields =
    [
        "id", "from", "to", "protocol", "port", "sourcePort", "icmpType", "icmpCode", "ipFamily",
        "outInterface", "inInterface", "httpMethod", "httpPath",
    ];

    /// <summary>An answer; with <paramref name="pending"/> also what it would be if staged policies were enforced.</summary>
    public static void WriteAnswer(Utf8JsonWriter json, string? id, Snapshot snapshot, in Evaluation evaluation, Evaluation? pending = null)
    {
        json.WriteStartObject();
        if (id is not null)
        {
            json.WriteString("id", id);
        }

        WriteBody(json, snapshot, evaluation);
        SetAsideText.Write(json, snapshot.SetAside);
        if (pending is { } then)
        {
            json.WriteStartObject("pending");
            WriteBody(json, snapshot, then);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter json, Snapshot snapshot, in Evaluation evaluation)
    {
        EndDecision decider = evaluation.Decider;
        json.WriteString("verdict", evaluation.IsAllowed ? "allow" : "deny");
        json.WriteString("egress", Words.Of(evaluation.Egress.Verdict));
        json.WriteString("ingress", Words.Of(evaluation.Ingress.Verdict));
        json.WritePropertyName("rule");
        WriteRule(json, decider.Rule);
        json.WriteString("reason", Words.Of(decider.Reason));
        if (decider.By is { } by)
        {
            json.WriteStartObject("by");
            json.WriteString("apiVersion", by.ApiVersion);
            json.WriteString("kind", by.Kind);
            WriteOptional(json, "namespace", by.EffectiveNamespace);
            json.WriteString("name", by.Metadata.Name);
            json.WriteEndObject();
        }

        if (evaluation.Backend is { } backend)
        {
            json.WriteString("translated", snapshot.Describe(backend));
        }
    }

    public static void WriteError(Utf8JsonWriter json, string? id, string error)
    {
        json.WriteStartObject();
        if (id is null)
        {
            json.WriteNull("id");
        }
        else
        {
            json.WriteString("id", id);
        }

        json.WriteString("error", error);
        json.WriteEndObject();
    }

    public static void WriteRule(Utf8JsonWriter json, Rule? rule)
    {
        if (rule is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("kind", rule.Source.Kind);
        WriteOptional(json, "namespace", rule.Source.EffectiveNamespace);
        json.WriteString("name", rule.Source.Metadata.Name);
        json.WriteString("direction", Words.Of(rule.Direction));
        json.WriteNumber("index", rule.Index);
        WriteOptional(json, "ruleName", rule.Name);
        json.WriteEndObject();
    }

    /// <summary>A flow as <c>eval --flows</c> takes it.</summary>
    public static void WriteFlow(Utf8JsonWriter json, FlowRequest flow)
    {
        json.WriteStartObject();
        json.WriteString("from", flow.From);
        json.WriteString("to", flow.To);
        WriteOptional(json, "protocol", flow.Protocol);
        WriteOptional(json, "port", flow.Port);
        WriteOptional(json, "sourcePort", flow.SourcePort);
        WriteOptional(json, "icmpType", flow.IcmpType);
        WriteOptional(json, "icmpCode", flow.IcmpCode);
        WriteOptional(json, "ipFamily", flow.IpFamily);
        WriteOptional(json, "outInterface", flow.OutInterface);
        WriteOptional(json, "inInterface", flow.InInterface);
        WriteOptional(json, "httpMethod", flow.HttpMethod);
        WriteOptional(json, "httpPath", flow.HttpPath);
        json.WriteEndObject();
    }

    internal static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    // Protocols and families may be numbers.
    private static string? TextOrNumber(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : JsonLine.Text(root, name);

    private static int? Number(JsonElement root, string name) =>
        !root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : throw new UnusableException($"`{name}` is not a whole number");
}
