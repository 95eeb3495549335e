using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>Address blocks of Kubernetes policies that mean pods or Services, which blocks are not for.</summary>
internal static class BlockCheck
{
    // A block as wide as the usual Service ranges may still be meant for Services; a wider one is meant for networks.
    private const int WidestServiceBlock = 12;

    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies.Where(p => p.IsKubernetes))
        {
            foreach (Rule rule in policy.Ingress.Concat(policy.Egress))
            {
                foreach (EndMatch peer in rule.Alternatives.Select(a => rule.Direction == Direction.Ingress ? a.Source : a.Destination with { Ports = null }).Distinct())
                {
                    if (peer.Nets is [var block])
                    {
                        CheckPods(context, policy, rule, block, peer.NotNets ?? default);
                        CheckService(context, policy, rule, block);
                    }
                }
            }
        }
    }

    // `0.0.0.0/0` without exceptions is everybody on purpose.
    private static void CheckPods(LintContext context, Policy policy, Rule rule, IpPrefix block, IReadOnlyCollection<IpPrefix> except)
    {
        if (block.Length == 0 && except.Count == 0)
        {
            return;
        }

        Endpoint[] covered = [.. context.Workloads.Where(w => w.Addresses.Any(a => block.Contains(a) && !except.Any(e => e.Contains(a))))];
        if (covered.Length > 0)
        {
            context.Add(
                Findings.BlockCoversPods,
                policy.Source,
                rule.Path,
                block.Length == block.First.Bits
                    ? $"block `{block}` is the address of pod `{covered[0].Name}`, which changes when the pod is replaced"
                    : $"block `{block}` covers pods of the cluster: {LintContext.List(covered.Select(c => c.Name))}",
                severity: block.Length == block.First.Bits ? null : DiagnosticSeverity.Info);
        }
    }

    private static void CheckService(LintContext context, Policy policy, Rule rule, IpPrefix block)
    {
        if (rule.Direction != Direction.Egress || block.Length < (block.Family == IpFamily.IPv6 ? 64 : WidestServiceBlock))
        {
            return;
        }

        foreach (Service service in context.Cluster.Services.Where(s => s.ClusterAddresses.Any(a => block.Contains(a))))
        {
            if (service.Ports.SelectMany(p => p.Backends).Any(b => block.Contains(b.Address)))
            {
                continue;
            }

            FlowRequest? witness = context.SubjectsOf(policy).Where(e => e.IsWorkload)
                .SelectMany(e => service.Ports.Select(p => context.Confirm(Verdict.Deny, e.Name, service.ToString(), p.Protocol, p.Port)))
                .FirstOrDefault(w => w is not null);
            context.Add(
                Findings.BlockNamesService,
                policy.Source,
                rule.Path,
                $"block `{block}` names Service `{service.Namespace}/{service.Name}`, but policies see the addresses of its pods",
                witness);
            return;
        }
    }
}
