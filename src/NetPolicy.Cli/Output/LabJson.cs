using System.Text.Json;
using NetPolicy.Cli.Input;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Output;

/// <summary>A comparison for scripts.</summary>
internal static class LabJson
{
    /// <summary>Writes <c>{"nodes","pods","tried","mismatches","flows":[…]}</c>.</summary>
    public static void Write(Utf8JsonWriter json, LabComparison comparison, ConnectionFilter? filter)
    {
        json.WriteStartObject();
        json.WriteNumber("nodes", comparison.World.Topology.Nodes.Count);
        json.WriteNumber("pods", comparison.World.Topology.Pods.Count);
        json.WriteNumber("tried", comparison.Rows.Count(row => row.IsTried));
        json.WriteNumber("mismatches", comparison.Mismatches.Count());
        json.WriteStartArray("flows");
        foreach (LabComparisonRow row in comparison.Rows.Where(row => filter is null || filter.Matches(row)))
        {
            Write(json, row);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LabComparisonRow row)
    {
        json.WriteStartObject();
        json.WritePropertyName("flow");
        FlowJson.WriteFlow(json, row.Request);
        json.WriteString("verdict", Word(row.Engine.Verdict));
        Write(json, "nftables", row.Interpreter);
        Write(json, "packets", row.Packets);
        Write(json, "sockets", row.Sockets);
        json.WriteBoolean("agrees", row.Agrees);
        json.WritePropertyName("rule");
        FlowJson.WriteRule(json, row.Engine.Decider.Rule);
        json.WriteString("reason", Words.Of(row.Engine.Decider.Reason));
        FlowJson.WriteOptional(json, "counter", row.Rule);
        FlowJson.WriteOptional(json, "notTried", row.WhyNot);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, LabFinding? finding)
    {
        if (finding is { } found)
        {
            json.WriteString(name, found.Stray ?? Word(found.Verdict));
        }
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.Deny => "deny",
        Verdict.Undecided => "undecided",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
