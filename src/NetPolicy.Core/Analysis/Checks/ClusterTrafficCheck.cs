using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Analysis.Checks;

/// <summary>Policies on host endpoints that cut what the cluster itself needs: pods of other nodes, kubelet, API server.</summary>
internal static class ClusterTrafficCheck
{
    public static void Run(LintContext context)
    {
        foreach (Node node in context.Cluster.Nodes.Where(n => context.HostEndpoints.Any(h => h.Node == n.Name)))
        {
            Dictionary<Manifest, List<(string What, FlowRequest Witness)>> cuts = [];
            Node[] others = [.. context.Cluster.Nodes.Where(n => n != node)];
            Try(context, cuts, PodsOfOthers(context, node, others), r => $"pods of other nodes (`{r.From}` to `{r.To}`)");
            Try(context, cuts, FromOthers(node, others, 10250), _ => "the API server's calls to the kubelet (TCP 10250)");
            Try(context, cuts, FromOthers(node, others, 6443), _ => "calls to an API server on the node (TCP 6443)");
            Try(context, cuts, ToOthers(node, others), _ => "the node's own calls to the API server (TCP 6443)");
            foreach ((Manifest policy, List<(string What, FlowRequest Witness)> cut) in cuts.OrderBy(c => c.Key.Id.ToString(), StringComparer.Ordinal))
            {
                context.Add(
                    Findings.HostPolicyCutsCluster,
                    policy,
                    "spec.selector",
                    $"policy cuts node `{node.Name}` off from the cluster: {string.Join(", ", cut.Select(c => c.What))}",
                    cut[0].Witness);
            }
        }
    }

    // The first flow that a host endpoint's policy denies speaks for its kind.
    private static void Try(
        LintContext context, Dictionary<Manifest, List<(string, FlowRequest)>> cuts, IEnumerable<FlowRequest> flows, Func<FlowRequest, string> what)
    {
        foreach (FlowRequest flow in flows)
        {
            if (context.Ask(flow) is { IsAllowed: false } answer && DeniedByHost(context, flow, answer) is { } policy)
            {
                (cuts.TryGetValue(policy, out List<(string, FlowRequest)>? list) ? list : cuts[policy] = []).Add((what(flow), flow));
                return;
            }
        }
    }

    // The explanation knows at which endpoint the denial happened.
    private static Manifest? DeniedByHost(LintContext context, FlowRequest request, in Evaluation answer)
    {
        EndDecision denial = answer.Egress.Verdict == EndVerdict.Deny ? answer.Egress : answer.Ingress;
        if (denial.By is not { } by || !context.Policies.Any(p => p.Source == by) || !context.Snapshot.TryResolve(request, out Flow flow, out _))
        {
            return null;
        }

        ExplainedStage? stage = Explanation.Of(context.Snapshot, flow).Attempts.SelectMany(a => a.Stages)
            .FirstOrDefault(s => s.Decision.Verdict == EndVerdict.Deny && s.Decision.Direction == denial.Direction);
        return stage?.Endpoint?.Kind == EndpointKind.HostEndpoint ? by : null;
    }

    private static IEnumerable<FlowRequest> PodsOfOthers(LintContext context, Node node, Node[] others)
    {
        Endpoint[] own = [.. context.Workloads.Where(w => w.Node == node.Name && !w.Addresses.IsEmpty)];
        Endpoint[] remote = [.. context.Workloads.Where(w => others.Any(o => o.Name == w.Node) && !w.Addresses.IsEmpty)];
        foreach (string from in remote.Select(r => r.Name).Concat(others.SelectMany(o => o.PodRanges).Select(r => IpAddress.From(r.Family, r.First.Value + 1).ToString())))
        {
            foreach (Endpoint to in own)
            {
                int port = LintContext.DeclaredPorts(to).Select(p => p.Number).FirstOrDefault(p => p is > 0 and <= ushort.MaxValue, 80);
                yield return new FlowRequest { From = from, To = to.Name, Protocol = "TCP", Port = port };
            }
        }
    }

    private static IEnumerable<FlowRequest> FromOthers(Node node, Node[] others, int port) =>
        others.Select(o => new FlowRequest { From = o.ToString(), To = node.ToString(), Protocol = "TCP", Port = port });

    private static IEnumerable<FlowRequest> ToOthers(Node node, Node[] others) =>
        others.Select(o => new FlowRequest { From = node.ToString(), To = o.ToString(), Protocol = "TCP", Port = 6443 });
}
