using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>Rules that name the port of a Service although the pods behind it listen on another.</summary>
internal static class ServicePortCheck
{
    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            foreach (Rule rule in policy.Ingress.Concat(policy.Egress).Where(r => r.Action == RuleAction.Allow))
            {
                HashSet<(Service, ushort)> told = [];
                foreach (RuleMatch match in rule.Alternatives)
                {
                    Check(context, policy, rule, match, told);
                }
            }
        }
    }

    private static void Check(LintContext context, Policy policy, Rule rule, RuleMatch match, HashSet<(Service, ushort)> told)
    {
        Endpoint[] destinations = Destinations(context, policy, rule, match);
        foreach (PortRange range in match.Destination.Ports?.Numbers.Ranges ?? default)
        {
            if (range.First != range.Last)
            {
                continue;
            }

            foreach (Service service in context.Cluster.Services)
            {
                foreach (ServicePort port in service.Ports.Where(p => p.Port == range.First && (match.Protocol is null || match.Protocol == p.Protocol)))
                {
                    Backend[] behind = [.. port.Backends.Where(b => destinations.Any(d => d.Index == b.Endpoint))];
                    if (behind.Length > 0 && behind.All(b => b.Port != range.First && !Listens(context, b.Endpoint, range.First)) && told.Add((service, range.First)))
                    {
                        Report(context, policy, rule, match, service, port, behind);
                    }
                }
            }
        }
    }

    private static void Report(LintContext context, Policy policy, Rule rule, RuleMatch match, Service service, ServicePort port, Backend[] behind)
    {
        // A rule that names both ports is untidy but works.
        ushort[] meant = [.. behind.Select(b => b.Port).Distinct().Order()];
        if (rule.Alternatives.Any(a => a.Destination.Ports is { } ports && meant.All(ports.Numbers.Contains)))
        {
            return;
        }

        string listens = string.Join(", ", meant.Select(m => m.ToString(CultureInfo.InvariantCulture)));
        context.Add(
            Findings.ServicePortInPolicy,
            policy.Source,
            LintContext.PortsPath(policy, rule),
            string.Create(CultureInfo.InvariantCulture, $"port {port.Port} is the port of Service `{service.Namespace}/{service.Name}`, whose pods listen on {listens}: expected {listens}"),
            Witness(context, policy, rule, match, service, port));
    }

    private static FlowRequest? Witness(LintContext context, Policy policy, Rule rule, RuleMatch match, Service service, ServicePort port)
    {
        IEnumerable<string> clients = rule.Direction == Direction.Egress
            ? context.SubjectsOf(policy).Where(e => e.IsWorkload).Select(e => e.Name)
            : context.Workloads.Where(w => match.Source.Selector is null || match.Source.Selector.Selects(w)).Select(w => w.Name).Append("203.0.113.9");
        foreach (string client in clients)
        {
            if (context.Confirm(Verdict.Deny, client, service.ToString(), port.Protocol, port.Port) is { } witness)
            {
                return witness;
            }
        }

        return null;
    }

    private static Endpoint[] Destinations(LintContext context, Policy policy, Rule rule, RuleMatch match)
    {
        IEnumerable<Endpoint> all = rule.Direction == Direction.Ingress ? context.SubjectsOf(policy) : context.Workloads;
        return rule.Direction == Direction.Egress && match.Destination.Selector is null
            ? []
            : [.. all.Where(e => e.IsWorkload && (match.Destination.Selector is null || match.Destination.Selector.Selects(e)))];
    }

    // Another Service may lead to the port, or a container may declare it.
    private static bool Listens(LintContext context, int endpoint, ushort port) =>
        LintContext.DeclaredPorts((Endpoint)context.Cluster.SelectableAt(endpoint)).Any(p => p.Number == port)
        || ((Endpoint)context.Cluster.SelectableAt(endpoint)).Ports.Any(p => p.Number == port)
        || context.Cluster.Services.SelectMany(s => s.Ports).SelectMany(p => p.Backends).Any(b => b.Endpoint == endpoint && b.Port == port);
}
