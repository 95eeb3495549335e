using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>
/// Policies that open ingress for some of the pods behind a Service and leave the others without any such policy. Cluster policies isolate nobody and so
/// treat no pod worse by leaving it out.
/// </summary>
internal static class ServiceCoverageCheck
{
    public static void Run(LintContext context)
    {
        Policy[] opening = [.. context.Policies.Where(p => !p.IsCluster && p.TakesIngress && p.Ingress.Any(r => r.Action == RuleAction.Allow))];
        foreach (Policy policy in opening)
        {
            foreach (Service service in context.Cluster.Services)
            {
                Endpoint[] behind =
                [
                    .. service.Ports.SelectMany(p => p.Backends).Concat(service.HeadlessBackends).Select(b => b.Endpoint).Where(e => e >= 0).Distinct().Order()
                        .Select(e => (Endpoint)context.Cluster.SelectableAt(e)),
                ];
                Endpoint[] left = [.. behind.Where(e => !policy.Subject.Selects(e))];
                if (left.Length > 0 && left.Length < behind.Length && !left.Any(e => opening.Any(o => o != policy && o.Subject.Selects(e))))
                {
                    Report(context, policy, service, [.. behind.Except(left)], left);
                }
            }
        }
    }

    private static void Report(LintContext context, Policy policy, Service service, Endpoint[] selected, Endpoint[] left)
    {
        bool isolated = context.Snapshot.ProgramOf(left[0], PolicyStage.Normal, Direction.Ingress).HasEnforcedPolicies;
        string missing = string.Join(" and ", SelectorTerms.Lacks(policy.Subject, left[0]).Select(l => l.Text));
        context.Add(
            Findings.PolicyCoversPartOfService,
            policy.Source,
            policy.IsKubernetes ? "spec.podSelector" : "spec.selector",
            $"policy selects {LintContext.List(selected.Select(e => e.Name))} of Service `{service.Namespace}/{service.Name}` but not {LintContext.List(left.Select(e => e.Name))}, "
                + (isolated ? "which loses its traffic" : "which stays open to everybody") + $": {missing}",
            Witness(context, service, selected, left, isolated));
    }

    // A client that the policy lets in to one pod and that is treated otherwise by the other.
    private static FlowRequest? Witness(LintContext context, Service service, Endpoint[] selected, Endpoint[] left, bool isolated)
    {
        foreach (ServicePort port in service.Ports)
        {
            Backend? first = port.Backends.FirstOrDefault(b => b.Endpoint == selected[0].Index) is { Port: > 0 } backend ? backend : null;
            foreach (string client in context.Workloads.Select(w => w.Name).Append("203.0.113.9").Where(c => first is not null && c != selected[0].Name && c != left[0].Name))
            {
                Verdict inside = isolated ? Verdict.Allow : Verdict.Deny, outside = isolated ? Verdict.Deny : Verdict.Allow;
                if (context.Confirm(inside, client, selected[0].Name, port.Protocol, first!.Value.Port) is not null
                    && context.Confirm(outside, client, left[0].Name, port.Protocol, first.Value.Port) is { } witness)
                {
                    return witness;
                }
            }
        }

        return null;
    }
}
