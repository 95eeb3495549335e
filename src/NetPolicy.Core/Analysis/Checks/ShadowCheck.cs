using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Policies;

namespace NetPolicy.Analysis.Checks;

/// <summary>Rules all of whose flows an earlier rule of the same policy takes. Covering is judged by the conditions as written, so that what is found is certain.</summary>
internal static class ShadowCheck
{
    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            Check(context, policy, policy.Ingress);
            Check(context, policy, policy.Egress);
        }
    }

    private static void Check(LintContext context, Policy policy, IReadOnlyList<Rule> rules)
    {
        for (int i = 1; i < rules.Count; i++)
        {
            Rule later = rules[i];
            Rule? earlier = rules.Take(i).FirstOrDefault(e => e.Action != RuleAction.Log && later.Alternatives.All(l => e.Alternatives.Any(a => Covers(a, l))));
            if (earlier is not null && later.Alternatives.Any(a => !a.IsNothing))
            {
                context.Add(
                    Findings.ShadowedRule,
                    policy.Source,
                    later.Path,
                    $"`{earlier.Path}` takes all flows of this rule"
                        + (earlier.Action == later.Action ? ", which adds nothing" : $" and says {earlier.Action} where this one says {later.Action}"),
                    severity: earlier.Action == later.Action ? DiagnosticSeverity.Info : null,
                    related: earlier.Span);
            }
        }
    }

    private static bool Covers(RuleMatch earlier, RuleMatch later) =>
        later.IsNothing
        || (!earlier.IsNothing
            && (earlier.Family == IpFamily.None || earlier.Family == later.Family)
            && (earlier.Protocol is null || earlier.Protocol == later.Protocol)
            && (earlier.NotProtocol is null || earlier.NotProtocol == later.NotProtocol)
            && (earlier.Icmp is null || earlier.Icmp == later.Icmp)
            && (earlier.NotIcmp is null || earlier.NotIcmp == later.NotIcmp)
            && (earlier.Http is null || earlier.Http == later.Http)
            && (!NeedsPorts(earlier) || NeedsPorts(later) || later.Protocol is { HasPorts: true })
            && earlier.AppliesTo(IpFamily.IPv4) | !later.AppliesTo(IpFamily.IPv4)
            && earlier.AppliesTo(IpFamily.IPv6) | !later.AppliesTo(IpFamily.IPv6)
            && Covers(earlier.Source, later.Source)
            && Covers(earlier.Destination, later.Destination));

    private static bool NeedsPorts(RuleMatch match) =>
        match.Source.Ports is not null || match.Source.NotPorts is not null || match.Destination.Ports is not null || match.Destination.NotPorts is not null;

    private static bool Covers(EndMatch earlier, EndMatch later) =>
        (earlier.Selector is null || earlier.Selector == later.Selector)
        && (earlier.NotSelector is null || earlier.NotSelector == later.NotSelector)
        && (earlier.Service is null || earlier.Service == later.Service)
        && (earlier.Nodes is null || earlier.Nodes == later.Nodes)
        && (earlier.DomainNames is null || earlier.DomainNames == later.DomainNames)
        && (earlier.NotNets is null || earlier.NotNets == later.NotNets)
        && (earlier.Nets is not { } nets || (later.Nets is { } inner && inner.All(l => nets.Any(n => n.Length <= l.Length && n.Contains(l.First)))))
        && (earlier.NotPorts is null || earlier.NotPorts == later.NotPorts)
        && (earlier.Ports is null || (later.Ports is { } ports && CoversPorts(earlier, later, earlier.Ports, ports)));

    // A name means the ports of those that the selector of its side selects.
    private static bool CoversPorts(EndMatch earlier, EndMatch later, PortMatch wide, PortMatch narrow) =>
        wide.Numbers.Union(narrow.Numbers) == wide.Numbers
        && narrow.Names.All(n => wide.Names.Contains(n))
        && (narrow.Names.IsEmpty || earlier.Selector == later.Selector)
        && (wide.CountsInitContainers || !narrow.CountsInitContainers);
}
