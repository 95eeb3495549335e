using NetPolicy.Collections;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Worlds;

/// <content>Cluster policies.</content>
internal static partial class FlowHints
{
    private static void AddCluster(List<FlowHint> hints, EquatableArray<ClusterPolicyRule>? rules, bool isIngress)
    {
        foreach (ClusterPolicyRule rule in rules ?? [])
        {
            FlowHint[] ports = [.. (rule.Protocols ?? []).Select(Hint)];
            Add(hints, rule.Peers ?? [], ports, isIngress);
        }
    }

    private static void AddAdmin(List<FlowHint> hints, AdminNetworkPolicySpec spec)
    {
        foreach ((AdminPolicyRule rule, bool isIngress) in (spec.Ingress ?? []).Select(r => (r, true)).Concat((spec.Egress ?? []).Select(r => (r, false))))
        {
            FlowHint[] ports = [.. (rule.Ports ?? []).Select(Hint)];
            Add(hints, rule.Peers ?? [], ports, isIngress);
        }
    }

    private static void Add(List<FlowHint> hints, EquatableArray<ClusterPolicyPeer> peers, FlowHint[] ports, bool isIngress)
    {
        foreach (ClusterPolicyPeer peer in peers)
        {
            string[] blocks = [.. peer.Networks ?? [], .. (peer.DomainNames ?? []).SelectMany(_ => DomainNames.Known.Values).SelectMany(a => a).Distinct()];
            foreach (string? block in blocks.DefaultIfEmpty())
            {
                foreach (FlowHint port in ports.Append(new FlowHint()))
                {
                    hints.Add(port with { IsIngress = isIngress, DestinationBlock = block, DestinationIsNode = peer.Nodes is not null });
                }
            }
        }
    }

    private static FlowHint Hint(ClusterPolicyProtocol entry)
    {
        (string? protocol, DestinationPort? port) = entry switch
        {
            { Tcp: { } tcp } => ("TCP", tcp.DestinationPort),
            { Udp: { } udp } => ("UDP", udp.DestinationPort),
            { Sctp: { } sctp } => ("SCTP", sctp.DestinationPort),
            _ => (null, null),
        };
        return new FlowHint { Protocol = protocol, Port = port?.Number ?? port?.Range?.End, PortName = entry.DestinationNamedPort };
    }

    private static FlowHint Hint(AdminPolicyPort entry) => new()
    {
        Protocol = (entry.PortNumber?.Protocol ?? entry.PortRange?.Protocol) is "tcp" ? "TCP" : entry.PortNumber?.Protocol ?? entry.PortRange?.Protocol,
        Port = entry.PortNumber?.Port ?? entry.PortRange?.End,
        PortName = entry.NamedPort,
    };
}
