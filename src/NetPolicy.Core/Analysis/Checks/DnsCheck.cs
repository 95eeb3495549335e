using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>DNS: rules that let data out to anywhere on port 53, and workloads whose limited egress leaves DNS out.</summary>
internal static class DnsCheck
{
    private static readonly PortSet Dns = PortSet.Of([PortRange.Single(53)]);

    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            foreach (Rule rule in policy.Egress.Where(r => r.Action == RuleAction.Allow && r.Alternatives.All(IsDnsToAnywhere)))
            {
                CheckAnywhere(context, policy, rule);
            }
        }

        foreach (IGrouping<EndpointProgram, Endpoint> alike in context.Workloads.GroupBy(w => context.Snapshot.ProgramOf(w, PolicyStage.Normal, Direction.Egress)))
        {
            CheckResolution(context, alike.Key, [.. alike]);
        }
    }

    private static bool IsDnsToAnywhere(RuleMatch match) =>
        !match.IsNothing
        && match.Destination.Ports is { } ports && ports.Numbers == Dns
        && match.Destination is { Selector: null, Service: null, NotSelector: null, NotNets: null, Nodes: null, DomainNames: null }
        && (match.Destination.Nets is not { } nets || nets.Any(n => n.Length == 0));

    private static void CheckAnywhere(LintContext context, Policy policy, Rule rule)
    {
        Endpoint[] subjects = [.. context.SubjectsOf(policy).Where(e => e.IsWorkload)];
        FlowRequest? witness = subjects
            .Select(s => context.Confirm(Verdict.Allow, s.Name, LintContext.Outside(s), rule.Alternatives[0].Protocol ?? Protocol.Udp, 53))
            .FirstOrDefault(w => w is not null);
        if (subjects.Length == 0 || witness is not null || policy.IsStaged)
        {
            context.Add(Findings.DnsToAnywhere, policy.Source, rule.Path, "DNS rule names no destination and lets data out on port 53 to anywhere", witness);
        }
    }

    private static void CheckResolution(LintContext context, EndpointProgram program, Endpoint[] workloads)
    {
        Policy[] opening =
        [
            .. program.Tiers.SelectMany(t => t.Policies).Where(p => p.IsEnforced).Select(p => p.Policy)
                .Where(p => p.Egress.Any(r => r.Action == RuleAction.Allow && r.Alternatives.Any(a => !a.IsNothing))),
        ];
        Policy[] isolating = [.. opening.Where(p => !p.IsCluster)];
        Endpoint[] asking = [.. workloads.Where(w => !context.DnsPods.Contains(w))];
        if (isolating.Length == 0 || asking.Length == 0 || opening.Any(context.WithoutDns.Contains) || CanResolve(context, opening, asking[0]))
        {
            return;
        }

        FlowRequest? witness = context.DnsPods
            .Select(d => context.Confirm(Verdict.Deny, asking[0].Name, d.Name, Protocol.Udp, 53))
            .FirstOrDefault(w => w is not null);
        context.Add(
            Findings.NoDnsRule,
            isolating[0].Source,
            "spec.egress",
            $"egress of {LintContext.List(asking.Select(a => a.Name))} is limited and no rule lets {(asking.Length == 1 ? "it" : "them")} ask DNS: {(asking.Length == 1 ? "it resolves" : "they resolve")} nothing",
            witness);
    }

    // With DNS pods in the inventory they are asked; without, rules that may mean them count.
    private static bool CanResolve(LintContext context, Policy[] opening, Endpoint asking) =>
        context.DnsPods.Length > 0
            ? context.DnsPods.Any(d => AllowsEgress(context, asking, d, Protocol.Udp)
                || AllowsEgress(context, asking, d, Protocol.Tcp))
            : opening.SelectMany(p => p.Egress).Where(r => r.Action == RuleAction.Allow).SelectMany(r => r.Alternatives).Any(MayMeanDns);

    private static bool AllowsEgress(LintContext context, Endpoint asking, Endpoint dns, Protocol protocol) =>
        context.Ask(new FlowRequest { From = asking.Name, To = dns.Name, Protocol = protocol.ToString(), Port = 53 }) is { } answer
        && answer.Egress.Verdict != EndVerdict.Deny
        && answer.Ingress.Reason != DecisionReason.Unreachable;

    private static bool MayMeanDns(RuleMatch match) =>
        !match.IsNothing
        && (match.Protocol is not { } protocol || protocol == Protocol.Udp || protocol == Protocol.Tcp)
        && (match.Destination.Ports is not { } ports || ports.Numbers.Contains(53) || !ports.Names.IsEmpty)
        && match.Destination.Selector is not KubernetesPods { Namespace: not (null or "kube-system") };
}
