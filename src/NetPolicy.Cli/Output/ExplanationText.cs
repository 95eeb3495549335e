using NetPolicy.Analysis;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;

namespace NetPolicy.Cli.Output;

/// <summary>An explanation for people.</summary>
internal static class ExplanationText
{
    public static void Write(TextWriter output, Snapshot snapshot, FlowRequest request, Explanation explanation)
    {
        output.WriteLine($"{Paint.Verdict(explanation.Evaluation.IsAllowed)}  {FlowText.Of(request)}");
        foreach (ExplainedAttempt attempt in explanation.Attempts)
        {
            if (attempt.Backend is { } backend)
            {
                output.WriteLine($"  translated to {snapshot.Describe(backend)}");
            }

            foreach (ExplainedStage stage in attempt.Stages)
            {
                Write(output, stage);
            }
        }

        WriteEnds(output, explanation.Evaluation);
    }

    /// <summary>One line for each end: its decision, and who made it.</summary>
    public static void WriteEnds(TextWriter output, in Evaluation evaluation)
    {
        output.WriteLine($"  {Paint.Strong("egress")}   {Words.Sentence(evaluation.Egress)}");
        output.WriteLine($"  {Paint.Strong("ingress")}  {Words.Sentence(evaluation.Ingress)}");
    }

    private static void Write(TextWriter output, ExplainedStage stage)
    {
        if (stage.Endpoint is null)
        {
            output.WriteLine($"  {Words.Sentence(stage.Decision)}");
            return;
        }

        string where = stage.Endpoint.Kind == EndpointKind.HostEndpoint
            ? $"{stage.Endpoint} {Words.Of(stage.Stage)} {Words.Of(stage.Direction)}{(stage.InterfaceName is { } name ? $" on {name}" : "")}"
            : $"{stage.Endpoint} {Words.Of(stage.Direction)}";
        output.WriteLine($"  {Paint.Strong(where)}");
        foreach (ExplainedTier tier in stage.Tiers)
        {
            output.WriteLine($"    tier {tier.Tier.Name}");
            foreach (ExplainedPolicy policy in tier.Policies)
            {
                string staged = policy.IsEnforced ? "" : Paint.Faint(" (staged, not enforced)");
                output.WriteLine($"      {policy.Policy}{staged}{At(policy.Policy.Source.SpanOf(""))}");
                Write(output, policy.Rules, "        ");
                if (policy.IsEnforced && policy.Rules.Count == 0)
                {
                    output.WriteLine("        no rules");
                }
            }
        }

        foreach (ExplainedProfile profile in stage.Profiles)
        {
            output.WriteLine($"    profile {profile.Name}{(profile.Profile is null ? Paint.Bad(" does not exist") : "")}");
            Write(output, profile.Rules, "      ");
        }

        string sentence = Words.Sentence(stage.Decision);
        output.WriteLine($"    => {(stage.Decision.Verdict == EndVerdict.Deny ? Paint.Bad(sentence) : Paint.Good(sentence))}");
    }

    private static void Write(TextWriter output, IReadOnlyList<ExplainedRule> rules, string indent)
    {
        foreach (ExplainedRule rule in rules)
        {
            string matched = rule.Matched ? Paint.Good("matches") : Paint.Faint("no match");
            output.WriteLine($"{indent}{Words.Of(rule.Rule.Direction)}[{rule.Rule.Index}] {Named(rule.Rule)}{ActionWord(rule.Rule)}: {matched}{At(rule.Rule.Span)}");
        }
    }

    private static string Named(Rule rule) => $"{(rule.Name is { } name ? $"`{name}` " : "")}{(rule.FailsClosed ? "(fails closed) " : "")}";

    // As its author writes it.
    private static string ActionWord(Rule rule) =>
        rule is { Action: RuleAction.Allow, Source: ClusterNetworkPolicyManifest } ? "Accept" : rule.Action.ToString();

    private static string At(Diagnostics.SourceSpan span) => span.IsKnown ? Paint.Faint($"  {span}") : "";
}
