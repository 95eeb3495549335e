using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>Traps of Calico policies: negations that mean hosts too, types left out, and Allow before translation.</summary>
internal static class GlobalPolicyCheck
{
    public static void Run(LintContext context)
    {
        foreach (Policy policy in context.Policies)
        {
            if (policy.Source is not CalicoPolicyManifest manifest)
            {
                continue;
            }

            CalicoPolicySpec spec = manifest.Spec ?? new CalicoPolicySpec();
            CheckNegation(context, policy, manifest, spec);
            CheckTypes(context, policy, spec);
            CheckPreDnat(context, policy);
        }
    }

    // What selects an endpoint without any label, by asking for labels, does so by negation alone.
    private static void CheckNegation(LintContext context, Policy policy, CalicoPolicyManifest manifest, CalicoPolicySpec spec)
    {
        if (!manifest.IsGlobal
            || policy.IsPreDnat || policy.IsUntracked || policy.AppliesOnForward
            || policy.Subject is not CalicoEndpoints { Labels: var labels }
            || labels.Keys().Count == 0
            || !labels.Matches(LabelSet.Empty))
        {
            return;
        }

        string field = string.IsNullOrWhiteSpace(spec.Selector) ? string.IsNullOrWhiteSpace(spec.NamespaceSelector) ? "serviceAccountSelector" : "namespaceSelector" : "selector";
        string text = (field == "selector" ? spec.Selector : field == "namespaceSelector" ? spec.NamespaceSelector : spec.ServiceAccountSelector)!;
        Endpoint[] hosts = [.. context.HostEndpoints.Where(policy.Subject.Selects)];
        string who = hosts.Length == 0 ? "host endpoints, which have no such label" : $"host endpoints, which have no such label: {LintContext.List(hosts.Select(h => h.Name))}";
        context.Add(Findings.NegationSelectsHosts, policy.Source, "spec." + field, $"`{text}` only negates and so also selects {who}", HostWitness(context, policy, hosts));
    }

    private static FlowRequest? HostWitness(LintContext context, Policy policy, Endpoint[] hosts)
    {
        foreach (Endpoint host in hosts.Where(h => h.Node is not null))
        {
            foreach ((string from, string to) in ((string, string)[])[("203.0.113.9", $"host:{host.Node}"), ($"host:{host.Node}", "203.0.113.9")])
            {
                FlowRequest request = new() { From = from, To = to, Protocol = "TCP", Port = 8080 };
                if (context.Ask(request) is { IsAllowed: false } answer && answer.Decider.By == policy.Source)
                {
                    return request;
                }
            }
        }

        return null;
    }

    private static void CheckTypes(LintContext context, Policy policy, CalicoPolicySpec spec)
    {
        if (spec.Types is { IsEmpty: false } || spec.Ingress is { IsEmpty: false } || spec.Egress is { IsEmpty: false })
        {
            return;
        }

        FlowRequest? witness = context.SubjectsOf(policy).Where(e => e.IsWorkload)
            .Select(e => context.Confirm(Verdict.Allow, e.Name, LintContext.Outside(e), Protocol.Tcp, 443))
            .FirstOrDefault(w => w is not null);
        context.Add(Findings.PolicyWithoutTypes, policy.Source, "spec", "policy has neither rules nor `types`: it isolates ingress only and leaves egress open", witness);
    }

    private static void CheckPreDnat(LintContext context, Policy policy)
    {
        if (!policy.IsPreDnat || policy.IsUntracked)
        {
            return;
        }

        foreach (Rule rule in policy.Ingress.Where(r => r.Action == RuleAction.Allow))
        {
            RuleMatch match = rule.Alternatives[0];
            if (match.IsNothing || match.Destination.Ports is not null || match.Destination.Service is not null
                || match is not { Icmp: null, NotIcmp: null } || match.Protocol is { HasPorts: false })
            {
                continue;
            }

            string[] nodes = [.. context.SubjectsOf(policy).Where(e => e.Kind == EndpointKind.HostEndpoint).Select(e => e.Node).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
            if (nodes.Length == 0 && context.HostEndpoints.Length > 0)
            {
                continue;
            }

            string whose = nodes.Length == 0 ? "the node" : LintContext.List(nodes);
            context.Add(
                Findings.PreDnatAllowsEveryPort,
                policy.Source,
                rule.Path,
                $"rule allows before DNAT and names no port: it opens every port of {whose} and skips the host endpoint's normal policy",
                Open(context, match, nodes));
        }
    }

    private static FlowRequest? Open(LintContext context, RuleMatch match, string[] nodes)
    {
        IpAddress source = match.Source.Nets is { IsEmpty: false } nets && nets[0].Length < nets[0].First.Bits
            ? IpAddress.From(nets[0].Family, nets[0].First.Value + 1)
            : match.Source.Nets is { IsEmpty: false } single ? single[0].First : IpAddress.Parse("203.0.113.9");
        return nodes
            .Select(n => context.Confirm(Verdict.Allow, source.ToString(), $"host:{n}", match.Protocol ?? Protocol.Tcp, 8080))
            .FirstOrDefault(w => w is not null);
    }
}
