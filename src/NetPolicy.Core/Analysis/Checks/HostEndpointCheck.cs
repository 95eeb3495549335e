using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis.Checks;

/// <summary>Host endpoints that close their node without saying so, or whose interface is not known.</summary>
internal static class HostEndpointCheck
{
    public static void Run(LintContext context)
    {
        HashSet<string> described =
        [
            .. context.Snapshot.Manifests.OfType<NodeManifest>()
                .Where(n => n.Metadata.Annotations is { } annotations && annotations.ContainsKey("netpol/interfaces"))
                .Select(n => n.Metadata.Name ?? ""),
        ];
        foreach (Endpoint host in context.HostEndpoints)
        {
            CheckDefault(context, host);
            if (host.InterfaceName is { } name && name != "*" && host.Addresses.IsEmpty && !described.Contains(host.Node ?? ""))
            {
                context.Add(
                    Findings.InterfaceUnknown,
                    host.Source,
                    "spec.interfaceName",
                    $"addresses of interface `{name}` of node `{host.Node}` are not known: the host endpoint has no `expectedIPs` and the Node no annotation `netpol/interfaces`");
            }
        }
    }

    private static void CheckDefault(LintContext context, Endpoint host)
    {
        bool ingress = IsClosed(context, host, Direction.Ingress), egress = IsClosed(context, host, Direction.Egress);
        if (!ingress && !egress)
        {
            return;
        }

        string node = $"host:{host.Node}";
        FlowRequest? witness = (egress ? context.Confirm(Verdict.Deny, node, "203.0.113.9", Protocol.Tcp, 443) : null)
            ?? (ingress ? context.Confirm(Verdict.Deny, "203.0.113.9", node, Protocol.Tcp, 8080) : null);
        string directions = ingress && egress ? "in both directions" : ingress ? "for ingress" : "for egress";
        context.Add(
            Findings.HostEndpointClosed,
            host.Source,
            host.Source is HostEndpointManifest { Spec.Profiles: not null } ? "spec.profiles" : "spec",
            $"host endpoint has no normal policy or profile {directions}: what is not a failsafe port of `{host.Node}` is denied",
            witness);
    }

    private static bool IsClosed(LintContext context, Endpoint host, Direction direction)
    {
        EndpointProgram program = context.Snapshot.ProgramOf(host, PolicyStage.Normal, direction);
        return !program.HasEnforcedPolicies
            && !program.Profiles.Any(p => p.Profile is { } profile && profile.Rules(direction).Any(r => r.Action == RuleAction.Allow));
    }
}
