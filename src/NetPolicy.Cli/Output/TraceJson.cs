using System.Text.Json;
using NetPolicy.Collections;
using NetPolicy.Enforce.Tracing;

namespace NetPolicy.Cli.Output;

/// <summary>A packet's way for scripts.</summary>
internal static class TraceJson
{
    public static void Write(Utf8JsonWriter json, PacketTrace trace)
    {
        json.WriteStartObject();
        json.WriteString("verdict", trace.Passed ? "allow" : "deny");
        json.WriteStartArray("nodes");
        foreach (PacketTraceNode node in trace.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("node", node.Node);
            json.WriteString("outcome", node.Outcome);
            WriteSteps(json, node.Steps);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteSteps(Utf8JsonWriter json, EquatableArray<PacketTraceStep> steps)
    {
        json.WriteStartArray("steps");
        foreach (PacketTraceStep step in steps)
        {
            json.WriteStartObject();
            json.WriteString("hook", step.Hook);
            json.WriteString("chain", step.Chain);
            json.WriteString("rule", step.Rule);
            json.WriteString("verdict", step.Verdict);
            if (step.Owner is not null)
            {
                json.WriteString("owner", step.Owner);
                if (step.Span.IsKnown)
                {
                    json.WriteString("written", step.Span.ToString());
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
