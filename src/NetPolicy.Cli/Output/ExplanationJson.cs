using System.Text.Json;
using NetPolicy.Analysis;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Output;

/// <summary>An explanation for scripts.</summary>
internal static class ExplanationJson
{
    public static void Write(Utf8JsonWriter json, Snapshot snapshot, FlowRequest request, Explanation explanation, Evaluation? pending)
    {
        json.WriteStartObject();
        json.WritePropertyName("flow");
        FlowJson.WriteFlow(json, request);
        json.WritePropertyName("answer");
        FlowJson.WriteAnswer(json, null, snapshot, explanation.Evaluation, pending);
        json.WriteStartArray("attempts");
        foreach (ExplainedAttempt attempt in explanation.Attempts)
        {
            json.WriteStartObject();
            json.WriteString("from", attempt.Source);
            json.WriteString("to", attempt.Destination);
            if (attempt.Backend is { } backend)
            {
                json.WriteString("translated", snapshot.Describe(backend));
            }

            json.WriteStartArray("stages");
            foreach (ExplainedStage stage in attempt.Stages)
            {
                Write(json, stage);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ExplainedStage stage)
    {
        json.WriteStartObject();
        FlowJson.WriteOptional(json, "endpoint", stage.Endpoint?.Name);
        json.WriteString("stage", Words.Of(stage.Stage));
        json.WriteString("direction", Words.Of(stage.Direction));
        FlowJson.WriteOptional(json, "interface", stage.InterfaceName);
        json.WriteStartArray("tiers");
        foreach (ExplainedTier tier in stage.Tiers)
        {
            json.WriteStartObject();
            json.WriteString("name", tier.Tier.Name);
            json.WriteStartArray("policies");
            foreach (ExplainedPolicy policy in tier.Policies)
            {
                json.WriteStartObject();
                json.WriteString("kind", policy.Policy.Id.Kind);
                FlowJson.WriteOptional(json, "namespace", policy.Policy.Id.Namespace);
                json.WriteString("name", policy.Policy.Id.Name);
                json.WriteBoolean("enforced", policy.IsEnforced);
                WriteSpan(json, policy.Policy.Source.SpanOf(""));
                WriteRules(json, policy.Rules);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("profiles");
        foreach (ExplainedProfile profile in stage.Profiles)
        {
            json.WriteStartObject();
            json.WriteString("name", profile.Name);
            json.WriteBoolean("exists", profile.Profile is not null);
            WriteRules(json, profile.Rules);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("decision", Words.Of(stage.Decision.Verdict));
        json.WriteString("reason", Words.Of(stage.Decision.Reason));
        json.WritePropertyName("rule");
        FlowJson.WriteRule(json, stage.Decision.Rule);
        json.WriteEndObject();
    }

    private static void WriteRules(Utf8JsonWriter json, IReadOnlyList<ExplainedRule> rules)
    {
        json.WriteStartArray("rules");
        foreach (ExplainedRule rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("direction", Words.Of(rule.Rule.Direction));
            json.WriteNumber("index", rule.Rule.Index);
            FlowJson.WriteOptional(json, "name", rule.Rule.Name);
            json.WriteString("action", rule.Rule.Action.ToString());
            if (rule.Rule.FailsClosed)
            {
                json.WriteBoolean("failsClosed", true);
            }

            json.WriteBoolean("matched", rule.Matched);
            WriteSpan(json, rule.Rule.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSpan(Utf8JsonWriter json, Diagnostics.SourceSpan span)
    {
        if (span.IsKnown)
        {
            json.WriteString("file", span.File);
            json.WriteNumber("line", span.Line);
            json.WriteNumber("column", span.Column);
        }
    }
}
