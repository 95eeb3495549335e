using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Analysis.Checks;

/// <summary>Policies that select no endpoint although there are endpoints that they could mean.</summary>
internal static class SubjectCheck
{
    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            if (context.SubjectsOf(policy).Any())
            {
                continue;
            }

            Endpoint[] candidates = Candidates(context, policy);
            if (candidates.Length == 0)
            {
                continue;
            }

            string selector = policy.IsKubernetes ? "podSelector" : policy.IsCluster ? "subject" : "selector";
            string labels = string.Join("; ", candidates.Take(3).Select(c => $"`{c.Name}` has {SelectorTerms.Written(c)}"));
            context.Add(
                Findings.PolicySelectsNothing,
                policy.Source,
                "spec." + selector,
                $"policy selects no endpoint: {SelectorTerms.WhyNothing(policy.Subject, candidates)}; labels that exist: {labels}");
        }
    }

    // Policies of the host's own stages can only mean host endpoints.
    private static Endpoint[] Candidates(LintContext context, Policy policy)
    {
        if (policy.IsUntracked || policy.IsPreDnat || policy.AppliesOnForward)
        {
            return context.HostEndpoints;
        }

        string? @namespace = policy.Source.EffectiveNamespace;
        return [.. context.Cluster.Endpoints.Where(e => @namespace is null || (e.Namespace == @namespace && (e.IsPod || !policy.IsKubernetes))).Where(e => e.IsPod || !policy.IsCluster)];
    }
}
