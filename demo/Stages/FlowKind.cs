using NetPolicy.Addresses;
using NetPolicy.Engine;

namespace NetPolicy.Demo.Stages;

/// <summary>What kind of connection a flow is, in words: <c>pod to Service, UDP</c>.</summary>
internal static class FlowKind
{
    /// <summary>The kind.</summary>
    public static string Of(Snapshot snapshot, FlowRequest flow)
    {
        bool resolved = snapshot.TryResolve(flow, out Flow known, out _);
        bool translated = resolved && snapshot.Evaluate(known).Backend is not null;
        string to = !translated ? End(snapshot, flow.To) : IsNode(snapshot, flow.To) ? "NodePort" : "Service";
        return $"{End(snapshot, flow.From)} to {to}{(flow.Protocol is null or "TCP" ? "" : ", " + flow.Protocol)}";
    }

    private static string End(Snapshot snapshot, string name) =>
        name.StartsWith("svc:", StringComparison.Ordinal) ? "Service"
        : IsNode(snapshot, name) ? "node"
        : IpAddress.TryParse(name, out _) ? "Internet"
        : "pod";

    private static bool IsNode(Snapshot snapshot, string name) =>
        name.StartsWith("host:", StringComparison.Ordinal)
        || (IpAddress.TryParse(name, out IpAddress address) && snapshot.Cluster.Nodes.Any(node => node.Addresses.Contains(address)));
}
