using NetPolicy.Diagnostics;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>Port names that none of the endpoints they can mean declares.</summary>
internal static class PortNameCheck
{
    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            foreach (Rule rule in policy.Ingress.Concat(policy.Egress))
            {
                HashSet<(Protocol?, string)> told = [];
                foreach (RuleMatch match in rule.Alternatives.Where(a => a.Destination.Ports is { Names.IsEmpty: false }))
                {
                    Check(context, policy, rule, match, told);
                }
            }
        }
    }

    private static void Check(LintContext context, Policy policy, Rule rule, RuleMatch match, HashSet<(Protocol?, string)> told)
    {
        EndpointSelector? selector = match.Destination.Selector;
        IEnumerable<Endpoint> all = rule.Direction == Direction.Ingress ? context.SubjectsOf(policy) : context.Cluster.Endpoints;
        Endpoint[] meant = [.. all.Where(e => selector is null || selector.Selects(e))];
        foreach (string name in match.Destination.Ports!.Names)
        {
            if (meant.Length > 0
                && !meant.Any(e => e.Ports.Any(p => p.Name == name && (match.Protocol is null || p.Protocol == match.Protocol)))
                && told.Add((match.Protocol, name)))
            {
                string[] known = [.. meant.SelectMany(e => e.Ports).Select(p => $"{p.Name}/{p.Protocol}").Distinct().Order(StringComparer.Ordinal)];
                context.Add(
                    Findings.UnresolvedPortName,
                    policy.Source,
                    LintContext.PortsPath(policy, rule),
                    $"no endpoint that the rule speaks of declares a port `{name}`{(match.Protocol is { } protocol ? $" for {protocol}" : "")}; "
                        + (known.Length == 0 ? "none declares any name" : $"names that exist: {LintContext.List(known, 6)}"));
            }
        }
    }
}
